#include "top.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"

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

static uint32_t row_without_name(struct top *top, const char *file)
{
    struct strbuf name = {0};
    uint32_t row;

    strbuf_add_format(&name, file[0] ? "[%s]" : "<unknown>", path_base(file));
    row = row_of(top, strbuf_text(&name));
    strbuf_release(&name);
    return row;
}

static const char *file_of(const struct profile *profile, const struct profile_location *location)
{
    return location->mapping == PROFILE_NONE ? "" : profile->mappings[location->mapping].file;
}

/* The row of each function, and of each location without one. */
struct row_index {
    uint32_t *by_function, *by_location;
};

static struct row_index index_rows(struct top *top, const struct profile *profile)
{
    struct row_index index = {mem_array(profile->function_count, sizeof(*index.by_function)),
                              mem_array(profile->location_count, sizeof(*index.by_location))};

    for (size_t i = 0; i < profile->function_count; i++) {
        const char *name = profile->functions[i].name;

        index.by_function[i] = name[0] ? row_of(top, name) : row_without_name(top, "");
    }
    for (size_t i = 0; i < profile->location_count; i++)
        if (!profile->locations[i].line_count)
            index.by_location[i] = row_without_name(top, file_of(profile, &profile->locations[i]));
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

static void add_sample(struct top *top, const struct profile *profile,
                       const struct row_index *index, const struct profile_sample *sample,
                       int64_t value)
{
    top->sample_number++;
    for (uint32_t i = 0; i < sample->location_count; i++) {
        uint32_t id = sample->locations[i];
        const struct profile_location *location = &profile->locations[id];
        uint32_t leaf = location->line_count ? index->by_function[location->lines[0].function]
                                             : index->by_location[id];

        if (i == 0)
            top->rows[leaf].flat = add(top->rows[leaf].flat, value);
        add_cum(top, leaf, value);
        for (uint32_t j = 1; j < location->line_count; j++)
            add_cum(top, index->by_function[location->lines[j].function], value);
    }
}

void top_add(struct top *top, const struct profile *profile, uint32_t value, enum top_side side)
{
    struct row_index index = index_rows(top, profile);
    int64_t total = 0;

    for (size_t i = 0; i < profile->sample_count; i++) {
        int64_t part = profile->samples[i].values[value];

        total = add(total, absolute(part));
        if (part)
            add_sample(top, profile, &index, &profile->samples[i],
                       side == TOP_BASE ? negate(part) : part);
    }
    if (side == TOP_SHOWN || total)
        top->total = total;
    free(index.by_function);
    free(index.by_location);
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
