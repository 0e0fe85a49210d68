#include "fold_probes.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"

struct folding {
    struct sampleprof *tree;
    const struct probes *probes;
    struct sampleprof_function **nodes; /* by scope, or NULL: none are kept */
};

/* The function's name, NUL-terminated, or NULL if a profile cannot hold it. free() it. */
static char *name_of(const struct probe_function *function)
{
    char *name = mem_format("%.*s", (int)function->name_len, function->name);

    if (sampleprof_is_name(name))
        return name;
    free(name);
    return NULL;
}

/* A copy whose call has lost its probe (index 0) counts for the function by itself. */
static bool is_inlined(const struct probe_scope *scope)
{
    return scope->parent != PROBE_NONE && scope->call_index != 0;
}

/* The node of a scope, below those of the scopes it is inlined in; NULL if one has no name. */
static struct sampleprof_function *find_node(struct folding *folding, uint32_t index)
{
    const struct probe_scope *scope = &folding->probes->scopes[index];
    const struct probe_function *function;
    struct sampleprof_function *node, *parent = NULL;
    char *name;

    if (folding->nodes && folding->nodes[index])
        return folding->nodes[index];
    if (scope->function == PROBE_NONE)
        return NULL;
    function = &folding->probes->functions[scope->function];
    if (is_inlined(scope) && !(parent = find_node(folding, scope->parent)))
        return NULL;
    name = name_of(function);
    if (!name)
        return NULL;
    node = parent ? sampleprof_add_callee(folding->tree, parent,
                                          (struct sampleprof_site){(uint16_t)scope->call_index, 0},
                                          name)
                  : sampleprof_add_function(folding->tree, name, "", false);
    node->checksum = function->checksum;
    if (folding->nodes)
        folding->nodes[index] = node;
    free(name);
    return node;
}

static void fold_probe(struct folding *folding, const struct probe *probe, uint64_t count)
{
    struct sampleprof_function *node = find_node(folding, probe->scope);
    struct sampleprof_line *line;

    if (!node || probe->index > UINT16_MAX)
        return;
    line = sampleprof_add_line(folding->tree, node,
                               (struct sampleprof_site){(uint16_t)probe->index, 0});
    line->count = saturating_add(line->count, count);
    if (probe->index == PROBE_ENTRY && !is_inlined(&folding->probes->scopes[probe->scope]))
        node->head = saturating_add(node->head, count);
}

/*
 * All probes with a count above 0; or all with 0, in functions and copies that ran. A copy with
 * nothing but zeros is left out: LLVM takes its call for one that does not fit the source.
 */
static void fold_all(struct folding *folding, const struct counts *counts, bool is_zero)
{
    const struct probes *probes = folding->probes;
    size_t next = 0;

    for (size_t i = 0; i < probes->count; i++) {
        const struct probe *probe = &probes->items[i];

        while (next < counts->count && counts->items[next].vaddr < probe->vaddr)
            next++;
        if (next < counts->count && counts->items[next].vaddr == probe->vaddr &&
            !counts->items[next].count == is_zero && (!is_zero || folding->nodes[probe->scope]))
            fold_probe(folding, probe, counts->items[next].count);
    }
}

void fold_probes(struct sampleprof *tree, const struct probes *probes, const struct counts *counts)
{
    struct folding folding = {.tree = tree, .probes = probes};

    folding.nodes = mem_array(probes->scope_count, sizeof(*folding.nodes));
    fold_all(&folding, counts, false);
    fold_all(&folding, counts, true);
    free(folding.nodes);
}

struct sampleprof_line *fold_find_call_probe(struct sampleprof *tree, const struct probes *probes,
                                             uint64_t vaddr)
{
    struct folding folding = {.tree = tree, .probes = probes};
    struct sampleprof_function *node;
    size_t low = 0, high = probes->count;

    while (low < high) { /* the first beyond vaddr */
        size_t middle = low + (high - low) / 2;

        if (probes->items[middle].vaddr <= vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    while (low > 0 && probes->items[low - 1].vaddr == vaddr) {
        const struct probe *probe = &probes->items[--low];

        if (probe->kind == PROBE_BLOCK || probe->index > UINT16_MAX)
            continue;
        node = find_node(&folding, probe->scope);
        return node ? sampleprof_add_line(tree, node,
                                          (struct sampleprof_site){(uint16_t)probe->index, 0})
                    : NULL;
    }
    return NULL;
}
