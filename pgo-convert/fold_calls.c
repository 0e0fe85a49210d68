#include "fold_calls.h"

#include "base/number.h"
#include "fold.h"
#include "fold_probes.h"

struct sampleprof_line *fold_call_site(struct sampleprof *tree, const struct binary *binary,
                                       uint64_t vaddr, uint64_t reach_bytes)
{
    const struct symbolizer_frame *frames;
    size_t count;

    if (tree->is_probe_based)
        return fold_find_call_probe(tree, binary->probes, vaddr, reach_bytes);
    count = symbolizer_find(binary->symbolizer, vaddr, &frames);
    return fold_add_line(tree, frames, count);
}

/* The name of the function that starts there, which is entered once for each count; or NULL. */
static const char *enter(struct sampleprof *tree, const struct binary *binary, uint64_t vaddr,
                         uint64_t count)
{
    const struct symbolizer_frame *frames;
    size_t frame_count = symbolizer_find(binary->symbolizer, vaddr, &frames);
    const struct symbolizer_frame *outer = frame_count ? &frames[frame_count - 1] : NULL;
    struct sampleprof_function *root;

    if (!outer || !sampleprof_is_name(outer->function->linkage_name))
        return NULL;
    root = fold_add_root(tree, outer);
    root->head = saturating_add(root->head, count);
    return outer->function->linkage_name;
}

void fold_calls(struct sampleprof *tree, const struct binary *binary)
{
    for (size_t i = 0; i < binary->call_count; i++) {
        const struct branches_pair *call = &binary->calls[i];
        const char *callee = enter(tree, binary, call->to_vaddr, call->count);
        struct sampleprof_line *line;

        if (!callee || call->from_vaddr == BRANCHES_OUTSIDE)
            continue;
        line = fold_call_site(tree, binary, call->from_vaddr, 1);
        if (line)
            sampleprof_add_target(tree, line, callee, call->count);
    }
}
