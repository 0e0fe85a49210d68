#include "profile/sampleprof_summary.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "profile/sampleprof.h"

#define SCALE 1000000 /* a cutoff of this is all of the total */

static const uint32_t cutoffs[SAMPLEPROF_CUTOFFS] = {10000,  100000, 200000, 300000, 400000, 500000,
                                                     600000, 700000, 800000, 900000, 950000, 990000,
                                                     999000, 999900, 999990, 999999};

enum { HOT = 990000, COLD = 999999 }; /* the cutoffs that LLVM takes thresholds from */
static const uint32_t thresholds[] = {HOT, COLD};

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

void sampleprof_summarize_tree(struct sampleprof *tree, struct sampleprof_summary *summary)
{
    if (tree->has_summary) {
        *summary = tree->summary;
    } else {
        size_t count;
        const struct sampleprof_function **flat = sampleprof_flatten(tree, &count);

        sampleprof_summarize(flat, count, summary);
    }
}

static const struct sampleprof_summary_entry *find_entry(const struct sampleprof_summary *summary,
                                                         uint32_t cutoff)
{
    for (size_t i = 0; i < SAMPLEPROF_CUTOFFS - 1; i++)
        if (summary->entries[i].cutoff == cutoff)
            return &summary->entries[i];
    return &summary->entries[SAMPLEPROF_CUTOFFS - 1];
}

/* LLVM inlines and unrolls less when so many counts are hot. */
static int working_set(const struct sampleprof_summary_entry *hot)
{
    return (hot->count_count > 12500) + (hot->count_count > 15000);
}

bool sampleprof_summary_is_near(const struct sampleprof_summary *a,
                                const struct sampleprof_summary *b, double ratio)
{
    for (size_t i = 0; i < ARRAY_SIZE(thresholds); i++) {
        double first = (double)find_entry(a, thresholds[i])->min_count;
        double second = (double)find_entry(b, thresholds[i])->min_count;

        if (first > second * ratio || second > first * ratio)
            return false;
    }
    return working_set(find_entry(a, HOT)) == working_set(find_entry(b, HOT));
}

void sampleprof_summary_format(const struct sampleprof_summary *summary, struct strbuf *out)
{
    strbuf_add_format(out, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
                      summary->total, summary->max_count, summary->max_head, summary->count_count,
                      summary->function_count);
    for (size_t i = 0; i < SAMPLEPROF_CUTOFFS; i++)
        strbuf_add_format(out, " %" PRIu32 ":%" PRIu64 ":%" PRIu64, summary->entries[i].cutoff,
                          summary->entries[i].min_count, summary->entries[i].count_count);
}

/* A number and the character behind it; moves past both. */
static bool take_number(const char **text, char end, uint64_t *number)
{
    size_t len = strspn(*text, "0123456789");
    char *digits = mem_format("%.*s", (int)len, *text);
    bool done = (*text)[len] == end && number_parse_u64(digits, number);

    free(digits);
    *text += len + (done && end != '\0');
    return done;
}

bool sampleprof_summary_parse(const char *text, struct sampleprof_summary *summary)
{
    struct sampleprof_summary read;
    uint64_t *const sums[] = {&read.total, &read.max_count, &read.max_head, &read.count_count,
                              &read.function_count};

    for (size_t i = 0; i < ARRAY_SIZE(sums); i++)
        if (!take_number(&text, ' ', sums[i]))
            return false;
    for (size_t i = 0; i < SAMPLEPROF_CUTOFFS; i++) {
        struct sampleprof_summary_entry *entry = &read.entries[i];
        uint64_t cutoff;

        if (!take_number(&text, ':', &cutoff) || cutoff != cutoffs[i] ||
            !take_number(&text, ':', &entry->min_count) ||
            !take_number(&text, i + 1 < SAMPLEPROF_CUTOFFS ? ' ' : '\0', &entry->count_count))
            return false;
        entry->cutoff = cutoffs[i];
    }
    *summary = read;
    return true;
}
