#include "stack_calls.h"

#include <stdlib.h>

#include "base/memory.h"
#include "call_sites.h"
#include "fold.h"
#include "fold_calls.h"

/* An estimated target of a call site. */
struct target {
    uint64_t site_vaddr, callee_vaddr;
    double samples; /* in the callee, called from there; more than 0 */
    double calls;   /* 0: not known */
};

void stack_calls_add(const struct stack_site *caller, const struct stack_site *callee,
                     uint64_t weight)
{
    if (weight && caller->is_call && caller->binary == callee->binary &&
        callee->entry_vaddr != STACK_SITE_NO_ENTRY)
        branches_add(&caller->binary->stacks, caller->vaddr, callee->entry_vaddr, weight);
}

static uint64_t count_at(const struct counts *counts, uint64_t vaddr)
{
    size_t low = 0, high = counts->count;

    while (low < high) { /* the first at vaddr or beyond */
        size_t middle = low + (high - low) / 2;

        if (counts->items[middle].vaddr < vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    return low < counts->count && counts->items[low].vaddr == vaddr ? counts->items[low].count : 0;
}

/* How much was sampled in each callee, by the order of `pairs`. */
static void sum_by_callee(const struct branches_pair *pairs, size_t count, struct counts *sums)
{
    for (size_t i = 0; i < count; i++)
        counts_add(sums, pairs[i].to_vaddr, pairs[i].count);
    counts_sort(sums);
}

static struct target *estimate(const struct branches_pair *pairs, size_t count,
                               const struct counts *counts)
{
    struct target *targets = mem_array(count, sizeof(*targets));
    struct counts sums = {0};

    sum_by_callee(pairs, count, &sums);
    for (size_t i = 0; i < count; i++) {
        double samples = (double)pairs[i].count;
        double entries = (double)count_at(counts, pairs[i].to_vaddr);

        targets[i] = (struct target){.site_vaddr = pairs[i].from_vaddr,
                                     .callee_vaddr = pairs[i].to_vaddr,
                                     .samples = samples,
                                     .calls = entries * samples /
                                              (double)count_at(&sums, pairs[i].to_vaddr)};
    }
    counts_release(&sums);
    return targets;
}

/*
 * A function whose entry has no count (its loop has all samples) is taken to cost as much a call as
 * the others that are called from there. Returns the sum of all calls of the site.
 */
static double complete(struct target *targets, size_t count)
{
    double calls = 0, samples = 0, sum = 0;

    for (size_t i = 0; i < count; i++) {
        if (targets[i].calls == 0)
            continue;
        calls += targets[i].calls;
        samples += targets[i].samples;
    }
    for (size_t i = 0; i < count; i++) {
        if (targets[i].calls == 0)
            targets[i].calls = targets[i].samples * (calls > 0 ? calls / samples : 1);
        sum += targets[i].calls;
    }
    return sum;
}

static void fold_site(struct sampleprof *tree, const struct binary *binary, struct target *targets,
                      size_t count, uint64_t site_count)
{
    double sum = complete(targets, count);

    for (size_t i = 0; i < count; i++) {
        const char *callee = fold_name_of_entry(binary, targets[i].callee_vaddr);
        uint64_t calls = (uint64_t)((double)site_count * targets[i].calls / sum);
        struct sampleprof_line *line;

        if (!callee || !calls)
            continue;
        line = fold_call_site(tree, binary, targets[i].site_vaddr);
        if (line)
            sampleprof_add_target(tree, line, callee, calls);
    }
}

/* The pairs again, each at the instruction that the code has for it; what it has none for is lost.
 */
static void resolve(const struct branches_table *stacks, struct call_sites *sites,
                    struct branches_table *calls)
{
    struct branches_pair *pairs = branches_sort(stacks);

    for (size_t i = 0; i < stacks->count; i++) {
        uint64_t site_vaddr = call_sites_find(sites, pairs[i].from_vaddr, pairs[i].to_vaddr);

        if (site_vaddr != CALL_SITE_NONE)
            branches_add(calls, site_vaddr, pairs[i].to_vaddr, pairs[i].count);
    }
    free(pairs);
}

static void fold_pairs(struct sampleprof *tree, const struct binary *binary,
                       const struct branches_pair *pairs, size_t count, const struct counts *counts)
{
    struct target *targets = estimate(pairs, count, counts);
    size_t end;

    for (size_t start = 0; start < count; start = end) {
        end = start + 1;
        while (end < count && targets[end].site_vaddr == targets[start].site_vaddr)
            end++;
        fold_site(tree, binary, &targets[start], end - start,
                  count_at(counts, targets[start].site_vaddr));
    }
    free(targets);
}

bool stack_calls_fold(struct sampleprof *tree, const struct binary *binary,
                      const struct counts *counts, struct err *err)
{
    struct branches_table calls = {0};
    struct branches_pair *pairs;
    struct call_sites *sites;

    if (!binary->stacks.count)
        return true;
    sites = call_sites_open(binary->image, err);
    if (!sites)
        return false;
    resolve(&binary->stacks, sites, &calls);
    call_sites_close(sites);
    pairs = branches_sort(&calls);
    fold_pairs(tree, binary, pairs, calls.count, counts);
    free(pairs);
    free(calls.slots);
    return true;
}
