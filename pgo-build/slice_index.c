#include "slice_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "record.h"

static const char *const names[] = {
    [SLICES_AUTO] = "auto", [SLICES_ON] = "on", [SLICES_OFF] = "off"};

const char *slices_mode_name(enum slices_mode mode)
{
    return names[mode];
}

bool slices_mode_parse(const char *name, enum slices_mode *mode)
{
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(name, names[i]) == 0) {
            *mode = (enum slices_mode)i;
            return true;
        }
    return false;
}

void slice_index_open(struct slice_index *index)
{
    if (!index->map.data && !file_map(index->path, &index->map))
        index->map = (struct file_map){0};
}

void slice_index_close(struct slice_index *index)
{
    if (index->map.data)
        file_unmap(&index->map);
    index->map = (struct file_map){0};
}

/* Where the first field of a line ends, which is what lines are sorted by. */
static size_t key_len(const char *line, const char *end)
{
    const char *at = line;

    while (at < end && *at != '\t' && *at != '\n')
        at++;
    return (size_t)(at - line);
}

static int compare(const char *key, size_t len, const char *line, size_t line_len)
{
    int order = memcmp(key, line, len < line_len ? len : line_len);

    if (order)
        return order;
    return len < line_len ? -1 : len > line_len;
}

/* The line of the key, of the lines in [low, end), halving them; NULL: there is none. */
static const char *find_line(const char *low, const char *end, const char *key, size_t len)
{
    const char *high = end;

    while (low < high) {
        const char *line = low + (high - low) / 2, *newline;
        size_t line_len;
        int order;

        while (line > low && line[-1] != '\n')
            line--;
        line_len = key_len(line, end);
        order = compare(key, len, line, line_len);
        if (order == 0)
            return line;
        newline = memchr(line, '\n', (size_t)(high - line));
        if (order < 0)
            high = line;
        else
            low = newline ? newline + 1 : high;
    }
    return NULL;
}

const char *slice_index_key(const char *root, const char *source)
{
    size_t len = strlen(root);

    return path_is_below(source, root) && source[len] == '/' ? source + len + 1 : source;
}

bool slice_index_has(const struct file_map *lines, const char *key, size_t len)
{
    const char *text = lines->data;

    return text && find_line(text, text + lines->len, key, len);
}

bool slice_index_find(const struct slice_index *index, const char *root, const char *source,
                      struct slice *slice, struct arena *arena)
{
    const char *text = index->map.data, *end = text ? text + index->map.len : NULL;
    const char *line = NULL, *newline = NULL;
    struct strbuf key = {0};
    struct record record;
    char *copy;

    record_add(&key, slice_index_key(root, source));
    if (text)
        line = find_line(text, end, key.data, key.len - 1); /* without the tab */
    if (line)
        newline = memchr(line, '\n', (size_t)(end - line));
    strbuf_release(&key);
    if (!newline)
        return false;
    copy = arena_alloc(arena, (size_t)(newline - line) + 2);
    memcpy(copy, line, (size_t)(newline - line) + 1);
    if (!record_next(&copy, &record) || record.count < 2)
        return false;
    *slice = (struct slice){record.fields[1], strcmp(record_field(&record, 2), "apart") == 0};
    return true;
}
