/*
 * strbuf.h - a growable string of bytes, always followed by a NUL.
 *
 * `struct strbuf text = {0};` is an empty one; strbuf_release() frees it. `data` is NULL while
 * nothing was ever added: use strbuf_text() for a C string that is never NULL. `data` moves when
 * the buffer grows, so a pointer into it is good only until the next add.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stddef.h>

#include "base/compiler.h"

struct strbuf {
    char *data;
    size_t len; /* bytes, without the NUL */
    size_t capacity;
};

void strbuf_add(struct strbuf *buf, const void *bytes, size_t len);
void strbuf_add_text(struct strbuf *buf, const char *text);
void strbuf_add_char(struct strbuf *buf, char c);
void strbuf_add_format(struct strbuf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/* Room for `len` more bytes; the caller writes them at data + len and then adds to `len`. */
char *strbuf_reserve(struct strbuf *buf, size_t len);

const char *strbuf_text(const struct strbuf *buf);
void strbuf_reset(struct strbuf *buf); /* empty, memory kept */
void strbuf_release(struct strbuf *buf);

#endif
