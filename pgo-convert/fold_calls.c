#include "fold_calls.h"

#include "base/number.h"
#include "fold.h"
#include "fold_probes.h"

struct sampleprof_line *fold_call_site(struct sampleprof *tree, const struct binary *binary,
                                       uint64_t vaddr)
{
    const struct symbolizer_frame *frames;
    size_t count;

    if (tree->is_probe_based)
        return fold_find_call_probe(tree, binary->probes, vaddr);
    count = symbolizer_find(binary->symbolizer, vaddr, &frames);
    return fold_add_line(tree, frames, count);
}

/* The function that starts there is entered once for each count. */
static void enter(struct sampleprof *tree, const struct binary *binary, uint64_t vaddr,
                  uint64_t count)
{
    const struct symbolizer_frame *frames;
    size_t frame_count = symbolizer_find(binary->symbolizer, vaddr, &frames);
    struct sampleprof_function *root = fold_add_root(tree, &frames[frame_count - 1]);

    root->head = saturating_add(root->head, count);
}

void fold_calls(struct sampleprof *tree, const struct binary *binary)
{
    for (size_t i = 0; i < binary->call_count; i++) {
        const struct branches_pair *call = &binary->calls[i];
        const char *callee = fold_name_of_entry(binary, call->to_vaddr);
        struct sampleprof_line *line;

        if (callee && !tree->is_probe_based)
            enter(tree, binary, call->to_vaddr, call->count);
        if (!callee || call->from_vaddr == BRANCHES_OUTSIDE)
            continue;
        line = fold_call_site(tree, binary, call->from_vaddr);
        if (line)
            sampleprof_add_target(tree, line, callee, call->count);
    }
}
