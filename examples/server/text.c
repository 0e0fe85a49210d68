#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *must(void *memory)
{
    if (!memory) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static void make_room(struct text *text, size_t length)
{
    size_t needed = text->length + length + 1;

    if (needed <= text->size)
        return;
    text->size = needed > 2 * text->size ? needed : 2 * text->size;
    text->data = must(realloc(text->data, text->size));
}

void text_add(struct text *text, const void *data, size_t length)
{
    make_room(text, length);
    memcpy(text->data + text->length, data, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_add_format(struct text *text, const char *format, ...)
{
    va_list list;
    int length;

    make_room(text, 64);
    va_start(list, format);
    length = vsnprintf(text->data + text->length, text->size - text->length, format, list);
    va_end(list);
    if ((size_t)length >= text->size - text->length) {
        make_room(text, (size_t)length);
        va_start(list, format);
        vsnprintf(text->data + text->length, text->size - text->length, format, list);
        va_end(list);
    }
    text->length += (size_t)length;
}

void text_clear(struct text *text)
{
    text->length = 0;
    if (text->data)
        text->data[0] = '\0';
}

void text_release(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}
