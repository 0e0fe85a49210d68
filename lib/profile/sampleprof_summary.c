#include "profile/sampleprof_summary.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "profile/sampleprof.h"

#define SCALE 1000000 /* a cutoff of this is all of the total */

static const uint32_t cutoffs[SAMPLEPROF_CUTOFFS] = {10000,  100000, 200000, 300000, 400000, 500000,
                                                     600000, 700000, 800000, 900000, 950000, 990000,
                                                     999000, 999900, 999990, 999999};

struct counts {
    uint64_t *items;
    size_t count, capacity;
};

static void collect(const struct sampleprof_function *function, struct counts *counts)
{
    for (size_t i = 0; i < function->line_count; i++)
        *ARRAY_PUSH(counts->items, counts->count, counts->capacity) = function->lines[i].count;
    for (size_t i = 0; i < function->call_count; i++)
        collect(function->calls[i].callee, counts);
}

static int compare_descending(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;

    return *a < *b ? 1 : -(*a > *b);
}

/* Equal counts are taken together, as LLVM does. */
static void find_entries(const struct counts *sorted, struct sampleprof_summary *summary)
{
    unsigned __int128 sum = 0;
    uint64_t min_count = 0;
    size_t seen = 0;

    for (size_t i = 0; i < SAMPLEPROF_CUTOFFS; i++) {
        unsigned __int128 wanted = (unsigned __int128)summary->total * cutoffs[i] / SCALE;

        while (sum < wanted && seen < sorted->count) {
            min_count = sorted->items[seen];
            while (seen < sorted->count && sorted->items[seen] == min_count) {
                sum += min_count;
                seen++;
            }
        }
        summary->entries[i] = (struct sampleprof_summary_entry){cutoffs[i], min_count, seen};
    }
}

void sampleprof_summarize(const struct sampleprof_function *const *functions, size_t count,
                          struct sampleprof_summary *summary)
{
    struct counts counts = {0};

    *summary = (struct sampleprof_summary){.function_count = count};
    for (size_t i = 0; i < count; i++) {
        if (functions[i]->head > summary->max_head)
            summary->max_head = functions[i]->head;
        collect(functions[i], &counts);
    }
    for (size_t i = 0; i < counts.count; i++)
        summary->total = saturating_add(summary->total, counts.items[i]);
    if (counts.count)
        qsort(counts.items, counts.count, sizeof(*counts.items), compare_descending);
    summary->count_count = counts.count;
    summary->max_count = counts.count ? counts.items[0] : 0;
    find_entries(&counts, summary);
    free(counts.items);
}
