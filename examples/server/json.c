#include "json.h"

#include <string.h>

/* Bytes that are not ASCII pass: the corpus is UTF-8, and nothing of a request is in an answer. */
static void add_escaped(struct text *out, const char *value)
{
    const char *plain = value;

    text_add(out, "\"", 1);
    for (; *value; value++) {
        unsigned char byte = (unsigned char)*value;

        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        text_add(out, plain, (size_t)(value - plain));
        plain = value + 1;
        if (byte < 0x20)
            text_add_format(out, "\\u%04x", byte);
        else
            text_add_format(out, "\\%c", byte);
    }
    text_add(out, plain, (size_t)(value - plain));
    text_add(out, "\"", 1);
}

static void begin_value(struct text *out, const char *name)
{
    if (out->length && !strchr("{[", out->data[out->length - 1]))
        text_add(out, ",", 1);
    if (name) {
        add_escaped(out, name);
        text_add(out, ":", 1);
    }
}

void json_open(struct text *out, const char *name, char bracket)
{
    begin_value(out, name);
    text_add(out, &bracket, 1);
}

void json_close(struct text *out, char bracket)
{
    text_add(out, &bracket, 1);
}

void json_string(struct text *out, const char *name, const char *value)
{
    begin_value(out, name);
    add_escaped(out, value);
}

void json_integer(struct text *out, const char *name, uint64_t value)
{
    begin_value(out, name);
    text_add_format(out, "%llu", (unsigned long long)value);
}

void json_number(struct text *out, const char *name, double value)
{
    begin_value(out, name);
    text_add_format(out, "%.4f", value);
}
