#include "profile/sampleprof.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/*
 * LLVM's text form. Depth of indentation is depth of inlining:
 *
 *   name:total:head
 *    line_off[.discriminator]: count [target:count]...
 *    line_off[.discriminator]: callee:total
 *     line_off: count
 *     !CFGChecksum: checksum
 *    !CFGChecksum: checksum
 *
 * (checksums in a probe-based profile, where line_off is the index of a probe)
 *
 * In comments, which LLVM skips, where it comes from (provenance.h), at the head; what --refresh
 * needs: under a function's first line
 *
 *   #!pgo samples 57 since 3
 *
 * above it the unit of a static function, where other units have one of that name:
 *
 *   #!pgo static src/a.c
 *
 * and such functions that a flat profile cannot hold, each line behind a mark:
 *
 *   #!pgo static src/b.c
 *   #!pgo| cmp:5:0
 *   #!pgo|  1: 5
 *
 * and at the end, before the compile-unit map:
 *
 *   #!pgo refresh 4
 *   #!pgo summary 900 100 12 57 20 10000:100:1 ...
 *   #!pgo units 1
 *   #!pgo unit src/main.c
 *   #!pgo  main parse_line
 *   #!pgo end
 */

#define MAP_COLUMNS 100

static void write_site(struct strbuf *out, size_t depth, struct sampleprof_site site)
{
    strbuf_add_format(out, "%*s%u", (int)depth, "", site.line_off);
    if (site.discriminator)
        strbuf_add_format(out, ".%u", site.discriminator);
    strbuf_add_text(out, ": ");
}

static int compare_targets(const void *left, const void *right)
{
    const struct sampleprof_target *a = left, *b = right;

    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* Targets by count, descending, as llvm-profdata writes them. */
static void write_targets(struct strbuf *out, const struct sampleprof_line *line)
{
    struct sampleprof_target *sorted;

    if (!line->target_count)
        return;
    sorted = mem_array(line->target_count, sizeof(*sorted));
    memcpy(sorted, line->targets, line->target_count * sizeof(*sorted));
    qsort(sorted, line->target_count, sizeof(*sorted), compare_targets);
    for (size_t i = 0; i < line->target_count; i++)
        strbuf_add_format(out, " %s:%" PRIu64, sorted[i].name, sorted[i].count);
    free(sorted);
}

static void write_body(struct strbuf *out, const struct sampleprof *tree,
                       const struct sampleprof_function *function, size_t depth)
{
    for (size_t i = 0; i < function->line_count; i++) {
        write_site(out, depth, function->lines[i].site);
        strbuf_add_format(out, "%" PRIu64, function->lines[i].count);
        write_targets(out, &function->lines[i]);
        strbuf_add_char(out, '\n');
    }
    for (size_t i = 0; i < function->call_count; i++) {
        const struct sampleprof_function *callee = function->calls[i].callee;

        write_site(out, depth, function->calls[i].site);
        strbuf_add_format(out, "%s:%" PRIu64 "\n", callee->name, callee->total);
        write_body(out, tree, callee, depth + 1);
    }
    if (tree->is_probe_based)
        strbuf_add_format(out, "%*s!CFGChecksum: %" PRIu64 "\n", (int)depth, "",
                          function->checksum);
}

/* "since 0" and what says nothing are left out. */
static void write_origin(struct strbuf *out, const struct sampleprof_function *function)
{
    if (!function->samples && !function->since)
        return;
    strbuf_add_format(out, "#!pgo samples %" PRIu64, function->samples);
    if (function->since)
        strbuf_add_format(out, " since %" PRIu32, function->since);
    strbuf_add_char(out, '\n');
}

static void count_loss(struct sampleprof_losses *losses, const struct sampleprof_function *function)
{
    losses->function_count++;
    losses->total = saturating_add(losses->total, function->total);
    if (!losses->example)
        losses->example = function->name;
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/*
 * Names with a space are left out: the map cannot hold them. They are no linkage names (gcc gives
 * C++'s static functions none), so that no function of clang's has them.
 */
static void write_unit(struct strbuf *out, const struct sampleprof_unit *unit)
{
    const char **names = mem_array(unit->names.count, sizeof(*names));
    size_t count = 0, start;

    for (size_t i = 0; i < unit->names.count; i++) {
        names[count] = byteset_at(&unit->names, (uint32_t)i, NULL);
        count += !strchr(names[count], ' ');
    }
    if (count)
        qsort(names, count, sizeof(*names), compare_texts);
    strbuf_add_format(out, "#!pgo unit %s\n", unit->path);
    start = out->len;
    for (size_t i = 0; i < count; i++) {
        if (i && out->len - start + strlen(names[i]) >= MAP_COLUMNS) {
            strbuf_add_char(out, '\n');
            start = out->len;
        }
        strbuf_add_format(out, out->len == start ? "#!pgo  %s" : " %s", names[i]);
    }
    if (count)
        strbuf_add_char(out, '\n');
    free(names);
}

/* A path with a line break cannot stand in the map: its file is then unknown, which is safe. */
static void write_units(struct strbuf *out, const struct sampleprof *tree)
{
    if (!tree->unit_count)
        return;
    strbuf_add_text(out, "#!pgo units 1\n");
    for (size_t i = 0; i < tree->unit_count; i++)
        if (!strchr(tree->units[i].path, '\n'))
            write_unit(out, &tree->units[i]);
}

/* How many units of the map have each name, by its id in tree->names. */
static uint32_t *count_units(const struct sampleprof *tree)
{
    uint32_t *counts = mem_array(tree->names.count, sizeof(*counts));

    for (size_t i = 0; i < tree->unit_count; i++)
        for (uint32_t j = 0; j < tree->units[i].names.count; j++) {
            size_t len;
            const char *name = byteset_at(&tree->units[i].names, j, &len);
            uint32_t id;

            if (byteset_find(&tree->names, name, len, &id))
                counts[id]++;
        }
    return counts;
}

static void write_function(struct strbuf *out, const struct sampleprof *tree,
                           const struct sampleprof_function *function)
{
    strbuf_add_format(out, "%s:%" PRIu64 ":%" PRIu64 "\n", function->name, function->total,
                      function->head);
    write_origin(out, function);
    write_body(out, tree, function, 1);
}

/* A static function that is not alone; a unit with a line break cannot be named. */
static void write_owner(struct strbuf *out, const struct sampleprof_function *function)
{
    strbuf_add_format(out, "#!pgo static %s\n", function->unit);
}

static bool has_owner(const struct sampleprof_function *function)
{
    return function->is_static && function->unit[0] && !strchr(function->unit, '\n');
}

/* Behind the mark, so that LLVM passes over it. */
static void write_twin(struct strbuf *out, const struct sampleprof *tree,
                       const struct sampleprof_function *function)
{
    struct strbuf plain = {0};

    if (has_owner(function))
        write_owner(out, function);
    write_function(&plain, tree, function);
    for (const char *line = plain.data; *line; line = strchr(line, '\n') + 1)
        strbuf_add_format(out, "#!pgo| %.*s\n", (int)strcspn(line, "\n"), line);
    strbuf_release(&plain);
}

/* Of each name: how many functions have it, by its id in tree->names. */
static uint32_t *count_functions(const struct sampleprof *tree)
{
    uint32_t *counts = mem_array(tree->names.count, sizeof(*counts));
    uint32_t id;

    for (size_t i = 0; i < tree->function_count; i++)
        if (byteset_find(&tree->names, tree->functions[i]->name, strlen(tree->functions[i]->name),
                         &id))
            counts[id]++;
    return counts;
}

static void write_functions(const struct sampleprof *tree, struct strbuf *out,
                            struct sampleprof_losses *losses)
{
    uint32_t *units = count_units(tree), *functions = count_functions(tree);
    struct byteset written = {0};

    for (size_t i = 0; i < tree->function_count; i++) {
        const struct sampleprof_function *function = tree->functions[i];
        size_t before = written.count;
        uint32_t id = 0;

        byteset_find(&tree->names, function->name, strlen(function->name), &id);
        byteset_add_text(&written, function->name);
        if (written.count > before) {
            if (has_owner(function) && (units[id] > 1 || functions[id] > 1))
                write_owner(out, function);
            write_function(out, tree, function);
            continue;
        }
        count_loss(losses, function);
        if (has_owner(function) || !function->is_static)
            write_twin(out, tree, function);
    }
    byteset_release(&written);
    free(units);
    free(functions);
}

void sampleprof_write_text(const struct sampleprof *tree, struct strbuf *out,
                           struct sampleprof_losses *losses)
{
    *losses = (struct sampleprof_losses){0};
    provenance_write(&tree->provenance, out);
    write_functions(tree, out, losses);
    if (tree->refresh_count)
        strbuf_add_format(out, "#!pgo refresh %" PRIu32 "\n", tree->refresh_count);
    if (tree->has_summary) {
        strbuf_add_text(out, "#!pgo summary ");
        sampleprof_summary_format(&tree->summary, out);
        strbuf_add_char(out, '\n');
    }
    write_units(out, tree);
    if (provenance_is_known(&tree->provenance))
        strbuf_add_text(out, "#!pgo end\n");
}
