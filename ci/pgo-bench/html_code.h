/*
 * html_code.h - the part `code` of the page's data: what code.h found.
 *
 * An object of: file_bytes, function_bytes and build_id, each a list of base and test; gone and
 * added, counts; functions[], the HTML_CODE_FUNCTIONS that differ most: [name, bytes in base, in
 * test].
 */
#ifndef BENCH_HTML_CODE_H
#define BENCH_HTML_CODE_H

#include "base/strbuf.h"
#include "pgo-bench/code.h"

#define HTML_CODE_FUNCTIONS 40

void html_code_add(const struct code *code, struct strbuf *out);

#endif
