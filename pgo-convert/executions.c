#include "executions.h"

#include <stdlib.h>

#include "base/number.h"
#include "base/path.h"
#include "fold.h"
#include "ranges.h"

/* Keeps what enters functions: calls, tail calls, and what comes from outside the binary. */
static size_t keep_calls(const struct image *image, struct branches_pair *jumps, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (jumps[i].count && fold_is_entry(image, jumps[i].to_vaddr))
            jumps[kept++] = jumps[i];
    return kept;
}

/* What was sampled in time, of a binary that has exact counts: the two have no common scale. */
static void drop_samples(struct binary *binary, struct report *report)
{
    uint64_t total = 0;

    for (size_t i = 0; i < binary->samples.count; i++)
        total = saturating_add(total, binary->samples.items[i].count);
    if (!total)
        return;
    report_drop(report, DROP_EXACT, total, path_base(image_path(binary->image)));
    report->by_address -= total < report->by_address ? total : report->by_address;
    counts_release(&binary->samples);
}

static bool find_in_binary(struct binary *binary, struct report *report, struct err *err)
{
    const struct branches *branches = &binary->branches;
    struct branches_pair *ranges = branches_sort(&branches->ranges);
    struct branches_pair *jumps = branches_sort(&branches->jumps);
    bool done = ranges_count(binary->image, ranges, branches->ranges.count, jumps,
                             branches->jumps.count, &binary->executions, &report->ranges, err);

    drop_samples(binary, report);
    for (size_t i = 0; done && i < branches->ranges.count; i++)
        counts_add(&binary->samples, ranges[i].from_vaddr, ranges[i].count);
    free(ranges);
    binary->calls = jumps;
    binary->call_count = keep_calls(binary->image, jumps, branches->jumps.count);
    return done;
}

bool executions_find(struct binaries *binaries, struct report *report, struct err *err)
{
    for (size_t i = 0; i < binaries->count; i++) {
        struct binary *binary = binaries->items[i];

        if (binary->branches.ranges.count && !find_in_binary(binary, report, err))
            return false;
    }
    return true;
}
