#include "staleness.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "binary/blocks.h"
#include "fold.h"
#include "fold_probes.h"

/* What the build has: names of functions, and "name\0site" or "name\0checksum" of each. */
struct build {
    struct byteset names, places;
};

static struct strbuf place_of(const struct sampleprof_function *function, const void *what,
                              size_t len)
{
    struct strbuf place = {0};

    strbuf_add(&place, function->name, strlen(function->name) + 1);
    strbuf_add(&place, what, len);
    return place;
}

static void add_place(struct build *build, const struct sampleprof_function *function,
                      const void *what, size_t len)
{
    struct strbuf place = place_of(function, what, len);

    byteset_add(&build->places, place.data, place.len);
    strbuf_release(&place);
}

static bool has_place(const struct build *build, const struct sampleprof_function *function,
                      const void *what, size_t len)
{
    struct strbuf place = place_of(function, what, len);
    uint32_t id;
    bool is_there = byteset_find(&build->places, place.data, place.len, &id);

    strbuf_release(&place);
    return is_there;
}

/* A function and what is inlined in it, each under its own name. */
static void index_function(struct build *build, const struct sampleprof_function *function)
{
    byteset_add_text(&build->names, function->name);
    if (function->checksum)
        add_place(build, function, &function->checksum, sizeof(function->checksum));
    for (size_t i = 0; i < function->line_count; i++)
        add_place(build, function, &function->lines[i].site, sizeof(function->lines[i].site));
    for (size_t i = 0; i < function->call_count; i++)
        index_function(build, function->calls[i].callee);
}

static void index_tree(struct build *build, struct sampleprof *tree)
{
    for (size_t i = 0; i < tree->function_count; i++)
        index_function(build, tree->functions[i]);
    sampleprof_free(tree);
}

/* Folds every instruction as if it had run once; a tree for each symbol keeps memory low. */
static bool index_lines(struct build *build, const struct binary *binary, struct err *err)
{
    struct disassembler *disassembler = blocks_open(binary->image, err);
    struct blocks blocks = {0};
    struct counts counts = {0};
    const struct image_symbol *symbols;
    size_t symbol_count;

    if (!disassembler)
        return false;
    symbols = image_symbols(binary->image, &symbol_count);
    for (size_t i = 0; i < symbol_count; i++) {
        struct sampleprof *tree;

        if (!blocks_read(disassembler, symbols[i].start_vaddr, symbols[i].end_vaddr, &blocks))
            continue;
        counts.count = 0;
        for (size_t j = 0; j < blocks.instruction_count; j++)
            counts_add(&counts, blocks.instructions[j].vaddr, 1);
        tree = sampleprof_new();
        fold_counts(tree, binary, &counts, FOLD_MAX);
        index_tree(build, tree);
    }
    counts_release(&counts);
    blocks_release(&blocks);
    blocks_close(disassembler);
    return true;
}

/* The same by probe: each address that has one. */
static bool index_probes(struct build *build, const struct binary *binary, struct err *err)
{
    struct probes *probes = probes_read(binary->image, err);
    struct sampleprof *tree;
    struct counts counts = {0};

    if (!probes) {
        err_prepend(err, "the profile is by pseudo-probe: ");
        return err_hint(err, "give a binary that was built with -fpseudo-probe-for-profiling");
    }
    for (size_t i = 0; i < probes->count; i++)
        counts_add(&counts, probes->items[i].vaddr, 1);
    counts_sort(&counts);
    tree = sampleprof_new();
    tree->is_probe_based = true;
    fold_probes(tree, probes, &counts);
    index_tree(build, tree);
    counts_release(&counts);
    probes_free(probes);
    return true;
}

static struct staleness_function *find_function(struct staleness *staleness, const char *name)
{
    uint32_t id = byteset_add_text(&staleness->names, name);

    if (id == staleness->count)
        *ARRAY_PUSH(staleness->functions, staleness->count, staleness->capacity) =
            (struct staleness_function){.name = byteset_at(&staleness->names, id, NULL)};
    return &staleness->functions[id];
}

static void compare(struct staleness *staleness, const struct build *build,
                    const struct sampleprof_function *function)
{
    struct staleness_function *into = find_function(staleness, function->name);
    bool is_same_graph = function->checksum && has_place(build, function, &function->checksum,
                                                         sizeof(function->checksum));

    for (size_t i = 0; i < function->line_count; i++) {
        const struct sampleprof_line *line = &function->lines[i];

        into->total = saturating_add(into->total, line->count);
        if (function->checksum ? is_same_graph
                               : has_place(build, function, &line->site, sizeof(line->site)))
            into->found = saturating_add(into->found, line->count);
    }
    for (size_t i = 0; i < function->call_count; i++)
        compare(staleness, build, function->calls[i].callee);
}

static int compare_functions(const void *left, const void *right)
{
    const struct staleness_function *a = left, *b = right;

    if (a->total != b->total)
        return a->total > b->total ? -1 : 1;
    return strcmp(a->name, b->name);
}

static void judge(struct staleness *staleness, const struct build *build)
{
    for (size_t i = 0; i < staleness->count; i++) {
        struct staleness_function *function = &staleness->functions[i];
        uint32_t id;

        if (!byteset_find(&build->names, function->name, strlen(function->name), &id))
            function->state = STALENESS_GONE;
        else if ((double)function->found * 100 < (double)function->total * STALENESS_MATCHED_PCT)
            function->state = STALENESS_MOVED;
        staleness->states[function->state]++;
        staleness->total = saturating_add(staleness->total, function->total);
        staleness->found = saturating_add(staleness->found, function->found);
        if (function->state == STALENESS_GONE)
            staleness->gone = saturating_add(staleness->gone, function->total);
    }
    qsort(staleness->functions, staleness->count, sizeof(*staleness->functions), compare_functions);
}

bool staleness_measure(struct staleness *staleness, const struct sampleprof *profile,
                       struct binaries *binaries, struct err *err)
{
    struct build build = {0};
    bool done = true;

    for (size_t i = 0; done && i < binaries->count; i++)
        done = profile->is_probe_based ? index_probes(&build, binaries->items[i], err)
                                       : index_lines(&build, binaries->items[i], err);
    for (size_t i = 0; done && i < profile->function_count; i++)
        compare(staleness, &build, profile->functions[i]);
    if (done)
        judge(staleness, &build);
    byteset_release(&build.names);
    byteset_release(&build.places);
    return done;
}

void staleness_release(struct staleness *staleness)
{
    byteset_release(&staleness->names);
    free(staleness->functions);
    *staleness = (struct staleness){0};
}
