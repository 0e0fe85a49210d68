#include "stack_calls.h"

#include <stdlib.h>

#include "base/memory.h"
#include "estimate.h"
#include "fold.h"
#include "fold_calls.h"

/* An estimated target of a call site. */
struct target {
    uint64_t site_vaddr, callee_vaddr;
    double calls;
};

/* The longest call instruction, with a prefix and an address of 4 bytes. */
#define MAX_CALL_BYTES 8

void stack_calls_add(struct binary *binary, uint64_t caller_vaddr, uint64_t callee_vaddr,
                     uint64_t weight)
{
    const struct image_symbol *callee = image_find_symbol(binary->image, callee_vaddr);

    if (weight && callee && fold_is_entry(binary->image, callee->start_vaddr))
        branches_add(&binary->stacks, caller_vaddr, callee->start_vaddr, weight);
}

/* Of the instruction that holds vaddr: the last that starts at or before it, if it is near. */
static uint64_t count_at(const struct counts *counts, uint64_t vaddr)
{
    size_t low = 0, high = counts->count;

    while (low < high) { /* the first beyond vaddr */
        size_t middle = low + (high - low) / 2;

        if (counts->items[middle].vaddr <= vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    return low && vaddr - counts->items[low - 1].vaddr < MAX_CALL_BYTES
               ? counts->items[low - 1].count
               : 0;
}

/* How much was sampled in each callee, by the order of `pairs`. */
static void sum_by_callee(const struct branches_pair *pairs, size_t count, struct counts *sums)
{
    for (size_t i = 0; i < count; i++)
        counts_add(sums, pairs[i].to_vaddr, pairs[i].count);
    counts_sort(sums);
}

/* A function whose entry has no count (its loop has all samples) is taken to cost so much a call.
 */
#define CALL_COST 100

static struct target *estimate(const struct branches_pair *pairs, size_t count,
                               const struct counts *counts)
{
    struct target *targets = mem_array(count, sizeof(*targets));
    struct counts sums = {0};

    sum_by_callee(pairs, count, &sums);
    for (size_t i = 0; i < count; i++) {
        double samples = (double)pairs[i].count;
        double all_samples = (double)count_at(&sums, pairs[i].to_vaddr);
        double entries = (double)count_at(counts, pairs[i].to_vaddr);

        if (entries == 0)
            entries = all_samples * ESTIMATE_SCALE / CALL_COST;
        targets[i] = (struct target){pairs[i].from_vaddr, pairs[i].to_vaddr,
                                     entries * samples / all_samples};
    }
    counts_release(&sums);
    return targets;
}

static void fold_site(struct sampleprof *tree, const struct binary *binary,
                      const struct target *targets, size_t count, uint64_t site_count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += targets[i].calls;
    for (size_t i = 0; i < count; i++) {
        const char *callee = fold_name_of_entry(binary, targets[i].callee_vaddr);
        uint64_t calls = sum > 0 ? (uint64_t)((double)site_count * targets[i].calls / sum) : 0;
        struct sampleprof_line *line;

        if (!callee || !calls)
            continue;
        line = fold_call_site(tree, binary, targets[i].site_vaddr, MAX_CALL_BYTES);
        if (line)
            sampleprof_add_target(tree, line, callee, calls);
    }
}

void stack_calls_fold(struct sampleprof *tree, const struct binary *binary,
                      const struct counts *counts)
{
    size_t count = binary->stacks.count, end;
    struct branches_pair *pairs = branches_sort(&binary->stacks);
    struct target *targets = estimate(pairs, count, counts);

    for (size_t start = 0; start < count; start = end) {
        end = start + 1;
        while (end < count && targets[end].site_vaddr == targets[start].site_vaddr)
            end++;
        fold_site(tree, binary, &targets[start], end - start,
                  count_at(counts, targets[start].site_vaddr));
    }
    free(targets);
    free(pairs);
}
