#include "top.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "profile/labels.h"

#define NODE_FRACTION 0.005 /* pprof's -nodefraction */

static int64_t negate(int64_t value)
{
    return value == INT64_MIN ? INT64_MAX : -value;
}

static int64_t absolute(int64_t value)
{
    return value < 0 ? negate(value) : value;
}

static int64_t add(int64_t a, int64_t b)
{
    int64_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return a < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}

static uint32_t row_of(struct top *top, const char *name)
{
    uint32_t row = byteset_add_text(&top->names, name);

    if (row == top->row_count) {
        *ARRAY_PUSH(top->rows, top->row_count, top->row_capacity) =
            (struct top_row){.name = byteset_at(&top->names, row, NULL)};
        *ARRAY_PUSH(top->seen, top->seen_count, top->seen_capacity) = 0;
    }
    return row;
}

/* As pprof names its nodes: of function, file and line what is known, else the binary. */
static void add_name(const struct top *top, const struct profile *profile,
                     const struct profile_location *location, uint32_t line, struct strbuf *name)
{
    const struct profile_line *at = line < location->line_count ? &location->lines[line] : NULL;
    const struct profile_function *function = at ? &profile->functions[at->function] : NULL;
    const char *binary =
        location->mapping == PROFILE_NONE ? "" : profile->mappings[location->mapping].file;
    const char *text = !function ? "" : top->by == TOP_BY_FILE ? function->file : function->name;

    strbuf_add_text(name, text);
    if (function && top->by == TOP_BY_LINE) {
        strbuf_add_format(name, "%s%s", name->len && (*function->file || at->line) ? " " : "",
                          function->file);
        if (at->line)
            strbuf_add_format(name, ":%" PRId64, at->line);
    }
    if (!name->len)
        strbuf_add_format(name, !function && *binary ? "[%s]" : "<unknown>", path_base(binary));
}

/* The rows of location i, innermost first: rows[starts[i]...], one for each line, at least one. */
struct row_index {
    size_t *starts;
    uint32_t *rows;
    size_t count, capacity;
};

static struct row_index index_rows(struct top *top, const struct profile *profile)
{
    struct row_index index = {.starts = mem_array(profile->location_count + 1, sizeof(size_t))};
    struct strbuf name = {0};

    for (size_t i = 0; i < profile->location_count; i++) {
        const struct profile_location *location = &profile->locations[i];

        for (uint32_t line = 0; line == 0 || line < location->line_count; line++) {
            strbuf_reset(&name);
            add_name(top, profile, location, line, &name);
            *ARRAY_PUSH(index.rows, index.count, index.capacity) = row_of(top, strbuf_text(&name));
        }
        index.starts[i + 1] = index.count;
    }
    strbuf_release(&name);
    return index;
}

/* A function counts once for a sample, however often it is in its stack. */
static void add_cum(struct top *top, uint32_t row, int64_t value)
{
    if (top->seen[row] == top->sample_number)
        return;
    top->seen[row] = top->sample_number;
    top->rows[row].cum = add(top->rows[row].cum, value);
}

static void add_flat(struct top *top, uint32_t row, int64_t value)
{
    top->rows[row].flat = add(top->rows[row].flat, value);
}

static void add_stack(struct top *top, const struct row_index *index,
                      const struct profile_sample *sample, int64_t value)
{
    if (sample->location_count)
        add_flat(top, index->rows[index->starts[sample->locations[0]]], value);
    for (uint32_t i = 0; i < sample->location_count; i++) {
        uint32_t location = sample->locations[i];

        for (size_t at = index->starts[location]; at < index->starts[location + 1]; at++)
            add_cum(top, index->rows[at], value);
    }
}

static void add_label_row(struct top *top, const char *name, int64_t value)
{
    uint32_t row = row_of(top, name);

    if (top->seen[row] != top->sample_number)
        add_flat(top, row, value);
    add_cum(top, row, value);
}

static void add_labels(struct top *top, const struct profile_sample *sample, int64_t value)
{
    struct strbuf name = {0};

    for (uint32_t i = 0; i < sample->label_count; i++) {
        strbuf_reset(&name);
        labels_format(&sample->labels[i], &name);
        add_label_row(top, strbuf_text(&name), value);
    }
    if (!sample->label_count)
        add_label_row(top, "<no label>", value);
    strbuf_release(&name);
}

void top_add(struct top *top, const struct profile *profile, uint32_t value, enum top_side side)
{
    struct row_index index = {0};
    int64_t total = 0;

    if (top->by != TOP_BY_LABEL)
        index = index_rows(top, profile);
    for (size_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        int64_t part = sample->values[value];

        total = add(total, absolute(part));
        if (!part)
            continue;
        top->sample_number++;
        if (side == TOP_BASE)
            part = negate(part);
        if (top->by == TOP_BY_LABEL)
            add_labels(top, sample, part);
        else
            add_stack(top, &index, sample, part);
    }
    if (side == TOP_SHOWN || total)
        top->total = total;
    free(index.starts);
    free(index.rows);
}

static int compare(int64_t a, int64_t b) /* the larger first */
{
    return a > b ? -1 : a < b;
}

static int compare_rows(const void *a, const void *b)
{
    const struct top_row *first = a, *second = b;
    int order = compare(absolute(first->flat), absolute(second->flat));

    return order ? order : strcmp(first->name, second->name);
}

void top_order(struct top *top)
{
    int64_t sum = 0, cutoff;

    for (size_t i = 0; i < top->row_count; i++)
        sum = add(sum, top->rows[i].flat);
    cutoff = absolute((int64_t)((double)sum * NODE_FRACTION));
    for (size_t i = 0; i < top->row_count; i++) {
        const struct top_row *row = &top->rows[i];

        if (!row->flat && !row->cum)
            continue;
        if (absolute(row->cum) >= cutoff)
            top->rows[top->kept_count++] = *row;
        else
            top->dropped_count++;
    }
    if (top->kept_count)
        qsort(top->rows, top->kept_count, sizeof(*top->rows), compare_rows);
}

void top_release(struct top *top)
{
    byteset_release(&top->names);
    free(top->rows);
    free(top->seen);
}
