#include "fold_calls.h"

#include "base/number.h"
#include "fold.h"

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
        const struct symbolizer_frame *frames;
        struct sampleprof_line *line;
        size_t count;

        if (!callee || call->from_vaddr == BRANCHES_OUTSIDE)
            continue;
        count = symbolizer_find(binary->symbolizer, call->from_vaddr, &frames);
        line = fold_add_line(tree, frames, count);
        if (line)
            sampleprof_add_target(tree, line, callee, call->count);
    }
}
