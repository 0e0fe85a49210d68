#include "base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

char *strbuf_reserve(struct strbuf *buf, size_t len)
{
    if (buf->capacity - buf->len < len + 1 || !buf->data)
        buf->data = array_grow(buf->data, &buf->capacity, buf->len + len + 1, 1);
    return buf->data + buf->len;
}

void strbuf_add(struct strbuf *buf, const void *bytes, size_t len)
{
    char *end = strbuf_reserve(buf, len);

    if (len)
        memcpy(end, bytes, len);
    end[len] = '\0';
    buf->len += len;
}

void strbuf_add_text(struct strbuf *buf, const char *text)
{
    strbuf_add(buf, text, strlen(text));
}

void strbuf_add_char(struct strbuf *buf, char c)
{
    strbuf_add(buf, &c, 1);
}

void strbuf_add_format(struct strbuf *buf, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len <= 0)
        return;
    va_start(args, format);
    vsnprintf(strbuf_reserve(buf, (size_t)len), (size_t)len + 1, format, args);
    va_end(args);
    buf->len += (size_t)len;
}

const char *strbuf_text(const struct strbuf *buf)
{
    return buf->len ? buf->data : "";
}

void strbuf_reset(struct strbuf *buf)
{
    buf->len = 0;
}

void strbuf_release(struct strbuf *buf)
{
    free(buf->data);
    *buf = (struct strbuf){0};
}
