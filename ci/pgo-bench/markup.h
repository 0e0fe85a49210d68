/*
 * markup.h - text of others inside JSON, Markdown and a terminal, so that it stays text.
 */
#ifndef BENCH_MARKUP_H
#define BENCH_MARKUP_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "pgo-bench/verdict.h"

/* A JSON string with its quotes. Bytes from 0x80 on pass through: UTF-8 if the text is. */
void markup_json(const char *text, struct strbuf *out);

/* What Markdown or HTML would read is written as entities. */
void markup_markdown(const char *text, struct strbuf *out);

/* The same inside <code>. */
void markup_code(const char *text, struct strbuf *out);

/* The verdict's name, for a terminal. */
void markup_verdict(enum verdict verdict, bool colour, struct strbuf *out);

#endif
