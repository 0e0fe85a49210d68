#include "bodies.h"

#include <math.h>
#include <stdlib.h>

#include "base/number.h"

#define OTHERWISE 0.05       /* so much more or less of it is inlined: other code */
#define AMBIGUOUS UINT64_MAX /* checksum of a body that two functions of one name share */

/*
 * Two trees, neither of them finished, so that functions can be found. In `all` each function has
 * the sum of its own lines, and a callee for each line that something sampled is inlined on; in
 * `inlined` it has the part of its inlined copies.
 */
struct bodies {
    struct sampleprof *all, *inlined;
    double samples_per_count; /* 0: not known */
};

static void add_lines(struct sampleprof *tree, const struct sampleprof_function *from)
{
    struct sampleprof_function *body = sampleprof_add_function(tree, from->name, "", false);

    for (size_t i = 0; i < from->line_count; i++) {
        struct sampleprof_line *line = sampleprof_add_line(tree, body, from->lines[i].site);

        line->count = saturating_add(line->count, from->lines[i].count);
        body->total = saturating_add(body->total, from->lines[i].count);
    }
}

static void add_copy(struct bodies *bodies, const struct sampleprof_function *from, bool is_inlined)
{
    struct sampleprof_function *body = sampleprof_add_function(bodies->all, from->name, "", false);

    add_lines(bodies->all, from);
    if (is_inlined)
        add_lines(bodies->inlined, from);
    if (from->checksum && body->checksum && body->checksum != from->checksum)
        body->checksum = AMBIGUOUS;
    else if (from->checksum)
        body->checksum = from->checksum;
    for (size_t i = 0; i < from->call_count; i++) {
        if (from->calls[i].callee->total)
            sampleprof_add_callee(bodies->all, body, from->calls[i].site, "inlined");
        add_copy(bodies, from->calls[i].callee, true);
    }
}

struct bodies *bodies_new(const struct sampleprof *tree)
{
    struct bodies *bodies = mem_alloc(sizeof(*bodies));
    double samples = 0, counts = 0;

    bodies->all = sampleprof_new();
    bodies->inlined = sampleprof_new();
    for (size_t i = 0; i < tree->function_count; i++) {
        add_copy(bodies, tree->functions[i], false);
        if (!tree->functions[i]->samples)
            continue;
        samples += (double)tree->functions[i]->samples;
        counts += (double)tree->functions[i]->total;
    }
    bodies->samples_per_count = counts > 0 ? samples / counts : 0;
    return bodies;
}

void bodies_free(struct bodies *bodies)
{
    if (!bodies)
        return;
    sampleprof_free(bodies->all);
    sampleprof_free(bodies->inlined);
    free(bodies);
}

double bodies_samples_per_count(const struct bodies *bodies)
{
    return bodies->samples_per_count;
}

static const struct sampleprof_function *find(const struct sampleprof *tree, const char *name)
{
    static const struct sampleprof_function nothing;
    const struct sampleprof_function *found = sampleprof_find_function(tree, name, "", false);

    return found ? found : &nothing;
}

bool bodies_has(const struct bodies *bodies, const char *name)
{
    return find(bodies->all, name)->total > 0;
}

static double inlined_share(const struct bodies *bodies, const char *name)
{
    const struct sampleprof_function *body = find(bodies->all, name);

    return body->total ? (double)find(bodies->inlined, name)->total / (double)body->total : 0;
}

/* The place of the first line at the site or behind it. */
static size_t find_line(const struct sampleprof_function *function, struct sampleprof_site site)
{
    size_t low = 0, high = function->line_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (sampleprof_compare_sites(function->lines[middle].site, site) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool has_line(const struct sampleprof_function *function, struct sampleprof_site site)
{
    size_t at = find_line(function, site);

    return at < function->line_count &&
           sampleprof_compare_sites(function->lines[at].site, site) == 0;
}

static bool is_call(const struct sampleprof_function *body, struct sampleprof_site site)
{
    for (size_t i = 0; i < body->call_count; i++)
        if (sampleprof_compare_sites(body->calls[i].site, site) == 0)
            return true;
    return false;
}

/* Can the line's code be gone in some copies of the body, and its count with it? */
static bool is_lost(const struct bodies *bodies, const struct sampleprof_function *body,
                    struct sampleprof_site site)
{
    return is_call(body, site) || (inlined_share(bodies, body->name) >= 0.5 &&
                                   !has_line(find(bodies->inlined, body->name), site));
}

/* One body in both, walked side by side. */
struct walk {
    const struct bodies *bodies[2];
    const struct sampleprof_function *body[2];
    size_t at[2];
};

/* The counts of the next line that is compared; false at the end. */
static bool next_line(struct walk *walk, double counts[2])
{
    for (;;) {
        struct sampleprof_site site = {UINT16_MAX, UINT16_MAX};
        bool is_there = false, is_skipped = false;

        for (int i = 0; i < 2; i++)
            if (walk->at[i] < walk->body[i]->line_count) {
                struct sampleprof_site next = walk->body[i]->lines[walk->at[i]].site;

                site = sampleprof_compare_sites(next, site) < 0 ? next : site;
                is_there = true;
            }
        if (!is_there)
            return false;
        for (int i = 0; i < 2; i++) {
            const struct sampleprof_function *body = walk->body[i];
            bool is_here = walk->at[i] < body->line_count &&
                           sampleprof_compare_sites(body->lines[walk->at[i]].site, site) == 0;

            counts[i] = is_here ? (double)body->lines[walk->at[i]++].count : 0;
            is_skipped = is_skipped || (body->total && is_lost(walk->bodies[i], body, site));
        }
        if (!is_skipped)
            return true;
    }
}

static bool is_known(uint64_t checksum)
{
    return checksum && checksum != AMBIGUOUS;
}

struct body_pair bodies_compare(const struct bodies *a, const struct bodies *b, const char *name)
{
    const struct walk start = {{a, b}, {find(a->all, name), find(b->all, name)}, {0}};
    struct body_pair pair = {0};
    struct walk walk = start;
    double counts[2], inverse = 0;

    while (next_line(&walk, counts))
        for (int i = 0; i < 2; i++)
            pair.counts[i] += counts[i];
    for (int i = 0; i < 2; i++) {
        pair.samples[i] = pair.counts[i] * start.bodies[i]->samples_per_count;
        inverse += pair.samples[i] > 0 ? 1 / pair.samples[i] : 0;
    }
    for (walk = start; pair.counts[0] > 0 && pair.counts[1] > 0 && next_line(&walk, counts);)
        similarity_add_site(&pair.similarity, counts[0] / pair.counts[0],
                            counts[1] / pair.counts[1], inverse);
    pair.similarity.is_same_graph = !is_known(start.body[0]->checksum) ||
                                    !is_known(start.body[1]->checksum) ||
                                    start.body[0]->checksum == start.body[1]->checksum;
    return pair;
}

void bodies_sum(const struct bodies *a, const struct bodies *b, double sums[2])
{
    sums[0] = sums[1] = 0;
    for (size_t i = 0; i < a->all->function_count; i++) {
        struct body_pair pair = bodies_compare(a, b, a->all->functions[i]->name);

        if (!(pair.counts[0] > 0) || !(pair.counts[1] > 0))
            continue;
        sums[0] += pair.counts[0];
        sums[1] += pair.counts[1];
    }
}

static double inlined_part(const struct sampleprof_function *record)
{
    double inlined = 0;

    for (size_t i = 0; i < record->call_count; i++)
        inlined += (double)record->calls[i].callee->total;
    return record->total ? inlined / (double)record->total : 0;
}

bool bodies_are_inlined_otherwise(const struct bodies *a, const struct bodies *b,
                                  const struct sampleprof_function *in_a,
                                  const struct sampleprof_function *in_b)
{
    return fabs(inlined_part(in_a) - inlined_part(in_b)) > OTHERWISE ||
           fabs(inlined_share(a, in_a->name) - inlined_share(b, in_b->name)) > OTHERWISE;
}

static void add_record(const struct bodies *a, const struct bodies *b,
                       const struct sampleprof_function *part, double scale, struct similarity *sum)
{
    struct similarity similarity = bodies_compare(a, b, part->name).similarity;
    double own = (double)part->total * scale;

    for (size_t i = 0; i < part->call_count; i++) {
        const struct sampleprof_function *callee = part->calls[i].callee;

        own -= (double)callee->total * scale;
        if (callee->total)
            add_record(a, b, callee, scale, sum);
    }
    sum->distance += own * similarity.distance;
    sum->noise += own * similarity.noise;
    sum->is_same_graph = sum->is_same_graph && similarity.is_same_graph;
}

struct similarity bodies_compare_records(const struct bodies *a, const struct bodies *b,
                                         const struct sampleprof_function *in_a,
                                         const struct sampleprof_function *in_b)
{
    const struct sampleprof_function *records[2] = {in_a, in_b};
    struct similarity sum = {.is_same_graph = true};
    double total = 0;

    for (int i = 0; i < 2; i++)
        total += records[i] && records[i]->total ? 1 : 0;
    for (int i = 0; i < 2; i++)
        if (records[i] && records[i]->total)
            add_record(a, b, records[i], 1 / (total * (double)records[i]->total), &sum);
    return sum;
}
