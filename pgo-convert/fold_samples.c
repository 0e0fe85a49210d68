#include "fold_samples.h"

#include "base/number.h"
#include "fold.h"

/* A probe-based tree knows no units. */
static void note_samples(struct sampleprof *tree, const struct binary *binary)
{
    for (size_t i = 0; i < binary->samples.count; i++) {
        const struct symbolizer_frame *frames;
        const struct symbolizer_function *root;
        struct sampleprof_function *function;
        size_t count = symbolizer_find(binary->symbolizer, binary->samples.items[i].vaddr, &frames);

        if (!count)
            continue;
        root = frames[count - 1].function;
        function = sampleprof_find_function(tree, root->linkage_name, fold_owner(root),
                                            root->is_static && !tree->is_probe_based);
        if (function)
            function->samples = saturating_add(function->samples, binary->samples.items[i].count);
    }
}

static double total_of(const struct sampleprof_function *function)
{
    double total = 0;

    for (size_t i = 0; i < function->line_count; i++)
        total += (double)function->lines[i].count;
    for (size_t i = 0; i < function->call_count; i++)
        total += total_of(function->calls[i].callee);
    return total;
}

void fold_samples(struct sampleprof *tree, const struct binary *binary)
{
    double samples = 0, counts = 0;

    note_samples(tree, binary);
    for (size_t i = 0; i < tree->function_count; i++) {
        if (!tree->functions[i]->samples)
            continue;
        samples += (double)tree->functions[i]->samples;
        counts += total_of(tree->functions[i]);
    }
    for (size_t i = 0; i < tree->function_count && counts > 0; i++) {
        struct sampleprof_function *function = tree->functions[i];
        double worth = total_of(function) * (samples / counts);

        if (!function->samples)
            function->samples = worth > 1 && worth < 1e15 ? (uint64_t)worth : 1;
    }
}
