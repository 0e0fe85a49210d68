#include "profile/sampleprof_slice.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

/* Functions are known by their index in the tree. */
struct slicer {
    const struct sampleprof *tree;
    struct byteset names; /* of the functions */
    uint32_t *first;      /* by id in `names`: the function with the most samples */
    uint32_t *next;       /* by function: the next one of its name, or NONE */
    uint32_t *cut_of;     /* by id in `names`: the last cut that has looked at it */
    uint32_t cut;
    uint32_t *found; /* functions of this cut */
    size_t found_count, found_capacity;
};

struct slicer *slicer_new(const struct sampleprof *tree)
{
    struct slicer *slicer = mem_alloc(sizeof(*slicer));

    slicer->tree = tree;
    slicer->first = mem_array(tree->function_count, sizeof(*slicer->first));
    slicer->next = mem_array(tree->function_count, sizeof(*slicer->next));
    slicer->cut_of = mem_array(tree->function_count, sizeof(*slicer->cut_of));
    for (size_t i = tree->function_count; i > 0; i--) { /* so that the first comes last */
        size_t known = slicer->names.count;
        uint32_t id = byteset_add_text(&slicer->names, tree->functions[i - 1]->name);

        slicer->next[i - 1] = id < known ? slicer->first[id] : NONE;
        slicer->first[id] = (uint32_t)(i - 1);
    }
    return slicer;
}

void slicer_free(struct slicer *slicer)
{
    if (!slicer)
        return;
    byteset_release(&slicer->names);
    free(slicer->first);
    free(slicer->next);
    free(slicer->cut_of);
    free(slicer->found);
    free(slicer);
}

static bool has_path(const char *const *paths, const char *path)
{
    for (; *paths; paths++)
        if (strcmp(*paths, path) == 0)
            return true;
    return false;
}

static bool is_bound(const struct slicer *slicer, const struct sampleprof_function *function)
{
    uint32_t id;

    return function->is_static &&
           byteset_find(&slicer->tree->unit_paths, function->unit, strlen(function->unit), &id);
}

/* The one of the unit; else one that is not bound to a unit; else NONE. */
static uint32_t choose_own(const struct slicer *slicer, uint32_t id, const char *const *paths)
{
    uint32_t shared = NONE;

    for (uint32_t i = slicer->first[id]; i != NONE; i = slicer->next[i]) {
        const struct sampleprof_function *function = slicer->tree->functions[i];

        if (function->is_static && has_path(paths, function->unit))
            return i;
        if (!is_bound(slicer, function) && shared == NONE)
            shared = i;
    }
    return shared;
}

/* The id of a name that this cut has not seen yet and that has a record. */
static bool is_new(struct slicer *slicer, const char *name, uint32_t *id)
{
    if (!byteset_find(&slicer->names, name, strlen(name), id) || slicer->cut_of[*id] == slicer->cut)
        return false;
    slicer->cut_of[*id] = slicer->cut;
    return true;
}

static void find(struct slicer *slicer, uint32_t function)
{
    if (function != NONE)
        *ARRAY_PUSH(slicer->found, slicer->found_count, slicer->found_capacity) = function;
}

/* A function of another file: if it is static, any of that name will do. */
static void find_named(struct slicer *slicer, const char *name)
{
    uint32_t id;

    if (is_new(slicer, name, &id))
        find(slicer, slicer->first[id]);
}

static void find_callees(struct slicer *slicer, const struct sampleprof_function *function)
{
    for (size_t i = 0; i < function->line_count; i++)
        for (size_t j = 0; j < function->lines[i].target_count; j++)
            find_named(slicer, function->lines[i].targets[j].name);
    for (size_t i = 0; i < function->call_count; i++) {
        find_named(slicer, function->calls[i].callee->name);
        find_callees(slicer, function->calls[i].callee);
    }
}

static int compare_indexes(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;

    return *a < *b ? -1 : *a > *b;
}

const struct sampleprof_function **slicer_cut(struct slicer *slicer, const char *const *names,
                                              size_t name_count, const char *const *paths,
                                              size_t *count, bool *is_apart)
{
    const struct sampleprof_function **functions;
    uint32_t id;

    slicer->cut++;
    slicer->found_count = 0;
    *is_apart = false;
    for (size_t i = 0; i < name_count; i++)
        if (is_new(slicer, names[i], &id)) {
            uint32_t own = choose_own(slicer, id, paths);

            find(slicer, own);
            *is_apart |= own != slicer->first[id];
        }
    for (size_t i = 0; i < slicer->found_count; i++)
        find_callees(slicer, slicer->tree->functions[slicer->found[i]]);
    if (slicer->found_count)
        qsort(slicer->found, slicer->found_count, sizeof(*slicer->found), compare_indexes);
    *count = slicer->found_count;
    functions = mem_array(*count, sizeof(struct sampleprof_function *));
    for (size_t i = 0; i < *count; i++)
        functions[i] = slicer->tree->functions[slicer->found[i]];
    return functions;
}
