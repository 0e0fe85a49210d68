#include "counts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"

void counts_add(struct counts *counts, uint64_t vaddr, uint64_t count)
{
    *ARRAY_PUSH(counts->items, counts->count, counts->capacity) = (struct count){vaddr, count};
}

static int compare(const void *left, const void *right)
{
    const struct count *a = left, *b = right;

    return a->vaddr < b->vaddr ? -1 : a->vaddr > b->vaddr;
}

void counts_sort(struct counts *counts)
{
    size_t kept = 0;

    if (counts->count)
        qsort(counts->items, counts->count, sizeof(*counts->items), compare);
    for (size_t i = 0; i < counts->count; i++) {
        struct count *last = kept ? &counts->items[kept - 1] : NULL;

        if (last && last->vaddr == counts->items[i].vaddr)
            last->count = saturating_add(last->count, counts->items[i].count);
        else
            counts->items[kept++] = counts->items[i];
    }
    counts->count = kept;
}

void counts_release(struct counts *counts)
{
    free(counts->items);
    *counts = (struct counts){0};
}

/* One line, without its end, in a buffer of its own. */
static bool read_line(char *line, struct counts *counts)
{
    uint64_t vaddr, count;
    char *space = strchr(line, ' ');

    if (!space)
        return false;
    *space = '\0';
    if (!number_parse_hex(line, &vaddr) || !number_parse_u64(space + 1, &count))
        return false;
    counts_add(counts, vaddr, count);
    return true;
}

bool counts_read(const char *text, size_t len, struct counts *counts, struct err *err)
{
    const char *end = text + len;

    for (size_t number = 1; text < end; number++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t line_len = (size_t)((newline ? newline : end) - text);
        char line[64];

        if (line_len >= sizeof(line))
            return err_set(err, ERR_FORMAT, "line %zu: too long, expected 'ADDRESS COUNT'", number);
        memcpy(line, text, line_len);
        line[line_len] = '\0';
        if (line_len && !read_line(line, counts))
            return err_set(err, ERR_FORMAT,
                           "line %zu: found '%.*s', expected a hexadecimal address, a space and a "
                           "count",
                           number, (int)line_len, text);
        text += line_len + 1;
    }
    return true;
}
