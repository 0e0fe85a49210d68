#include "refresh.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/byteset.h"
#include "base/number.h"
#include "similarity.h"

/*
 * Chosen on recordings of one workload of SQLite, 15,000 and 30,000 samples each, by line and by
 * probe: `distance` was at most 1.84 times `noise`, and below 0.15 wherever noise was small. Such
 * recordings keep every record that both have (docs/refresh.md).
 */
#define NOISE_FACTOR    2.0  /* a distance up to so many times the noise is chance */
#define DISTANCE        0.15 /* and up to this one does not matter */
#define TOTAL_DEVIATION 5.0  /* the same for the function's share of all counts: deviations, */
#define TOTAL_RATIO     1.5  /* and the ratio of the two */
#define FEWEST_SAMPLES  5    /* of a function that the old profile lacks */
#define MISSED_SAMPLES  10   /* so many were to be expected of a function that is not seen now */
#define SUMMARY_RATIO   2.0  /* of the thresholds for hot and cold that the compiler is given */
#define LEAST_MAX_AGE   5    /* ages at which records end are spread from here to REFRESH_MAX_AGE */

struct refreshing {
    const struct sampleprof *old, *new;
    struct sampleprof *tree;
    struct refresh_report *report;
    struct byteset old_keys;       /* by index of old->functions */
    bool *is_seen;                 /* by the same: the new profile has it */
    uint64_t old_total, new_total; /* of the functions that both have: the scale */
};

static uint64_t scaled(const struct refreshing *r, uint64_t count)
{
    unsigned __int128 wide = (unsigned __int128)count * r->old_total + r->new_total / 2;

    wide /= r->new_total;
    if (wide > UINT64_MAX)
        return UINT64_MAX;
    return count && !wide ? 1 : (uint64_t)wide;
}

static void copy(struct refreshing *r, struct sampleprof_function *into,
                 const struct sampleprof_function *from, bool is_new)
{
    into->head = is_new ? scaled(r, from->head) : from->head;
    into->checksum = from->checksum;
    for (size_t i = 0; i < from->line_count; i++) {
        const struct sampleprof_line *line = &from->lines[i];
        struct sampleprof_line *copied = sampleprof_add_line(r->tree, into, line->site);

        copied->count = is_new ? scaled(r, line->count) : line->count;
        for (size_t j = 0; j < line->target_count; j++)
            sampleprof_add_target(r->tree, copied, line->targets[j].name,
                                  is_new ? scaled(r, line->targets[j].count)
                                         : line->targets[j].count);
    }
    for (size_t i = 0; i < from->call_count; i++) {
        const struct sampleprof_call *call = &from->calls[i];

        copy(r, sampleprof_add_callee(r->tree, into, call->site, call->callee->name), call->callee,
             is_new);
    }
}

static void take(struct refreshing *r, const struct sampleprof_function *function)
{
    struct sampleprof_function *taken =
        sampleprof_add_function(r->tree, function->name, function->unit, function->is_static);

    copy(r, taken, function, true);
    taken->samples = function->samples;
    taken->since = r->tree->refresh_count;
}

/* `known` says which function it is in the new profile, if it is there. */
static void keep(struct refreshing *r, const struct sampleprof_function *old,
                 const struct sampleprof_function *known)
{
    struct sampleprof_function *kept =
        sampleprof_add_function(r->tree, known->name, known->unit, known->is_static);

    copy(r, kept, old, false);
    kept->samples = old->samples;
    kept->since = old->since;
    r->report->kept++;
}

/* Ends are spread over the names, so that not all first records end with the same refresh. */
static bool is_too_old(const struct refreshing *r, const struct sampleprof_function *old)
{
    uint32_t age = r->tree->refresh_count - old->since, spread = 0;

    for (const char *at = old->name; *at; at++)
        spread = spread * 31 + (unsigned char)*at;
    return age > LEAST_MAX_AGE + spread % (REFRESH_MAX_AGE - LEAST_MAX_AGE + 1);
}

static bool is_share_changed(const struct refreshing *r, const struct sampleprof_function *old,
                             const struct sampleprof_function *new)
{
    double before = (double)old->total, after = (double)scaled(r, new->total), variance = 0;

    if (after < before * TOTAL_RATIO && before < after * TOTAL_RATIO)
        return false;
    if (old->samples)
        variance += before * before / (double)old->samples;
    if (new->samples)
        variance += after * after / (double)new->samples;
    return fabs(after - before) > TOTAL_DEVIATION * sqrt(variance);
}

static bool is_changed(const struct refreshing *r, const struct sampleprof_function *old,
                       const struct sampleprof_function *new)
{
    struct similarity similarity = similarity_of(old, new);

    return !similarity.is_same_graph || is_share_changed(r, old, new) ||
           (similarity.distance > DISTANCE &&
            similarity.distance > NOISE_FACTOR * similarity.noise);
}

static void choose(struct refreshing *r, const struct sampleprof_function *old,
                   const struct sampleprof_function *new)
{
    if (is_changed(r, old, new)) {
        r->report->changed++;
        take(r, new);
    } else if (is_too_old(r, old)) {
        r->report->expired++;
        take(r, new);
    } else {
        r->report->kept_samples = saturating_add(r->report->kept_samples, new->samples);
        keep(r, old, new);
    }
}

static void choose_added(struct refreshing *r, const struct sampleprof_function *new)
{
    if (new->samples &&new->samples < FEWEST_SAMPLES) {
        r->report->left_out++;
        return;
    }
    r->report->added++;
    take(r, new);
}

/* The total from which on a function cannot have been missed by chance. */
static double find_most_missed(const struct refreshing *r)
{
    double counts = 0, samples = 0;

    for (size_t i = 0; i < r->new->function_count; i++) {
        if (!r->new->functions[i]->samples)
            continue;
        counts += (double)scaled(r, r->new->functions[i]->total);
        samples += (double)r->new->functions[i]->samples;
    }
    return samples > 0 ? MISSED_SAMPLES * counts / samples : INFINITY;
}

static void choose_unseen(struct refreshing *r, const struct sampleprof_function *old,
                          double most_missed)
{
    if ((double)old->total >= most_missed || is_too_old(r, old)) {
        r->report->gone++;
        return;
    }
    r->report->unseen++;
    keep(r, old, old);
}

/* What tells a function from others of its name; "" for all that are not static. */
static struct strbuf key_of(const char *name, const char *unit)
{
    struct strbuf key = {0};

    strbuf_add(&key, name, strlen(name) + 1);
    strbuf_add_text(&key, unit);
    return key;
}

static const struct sampleprof_function *find_key(struct refreshing *r, const char *name,
                                                  const char *unit)
{
    struct strbuf key = key_of(name, unit);
    uint32_t id;
    bool found = byteset_find(&r->old_keys, key.data, key.len, &id) && !r->is_seen[id];

    strbuf_release(&key);
    if (!found)
        return NULL;
    r->is_seen[id] = true;
    return r->old->functions[id];
}

/* A static function whose unit the old profile does not tell is the new one's largest. */
static const struct sampleprof_function *find_old(struct refreshing *r,
                                                  const struct sampleprof_function *new)
{
    const struct sampleprof_function *old = find_key(r, new->name, new->is_static ? new->unit : "");

    return old || !new->is_static ? old : find_key(r, new->name, "");
}

static void add_old_keys(struct refreshing *r)
{
    for (size_t i = 0; i < r->old->function_count; i++) {
        const struct sampleprof_function *old = r->old->functions[i];
        struct strbuf key = key_of(old->name, old->is_static ? old->unit : "");

        byteset_add(&r->old_keys, key.data, key.len);
        strbuf_release(&key);
    }
}

static void set_scale(struct refreshing *r)
{
    for (size_t i = 0; i < r->new->function_count; i++) {
        const struct sampleprof_function *old = find_old(r, r->new->functions[i]);

        if (!old)
            continue;
        r->old_total = saturating_add(r->old_total, old->total);
        r->new_total = saturating_add(r->new_total, r->new->functions[i]->total);
    }
    if (!r->old_total || !r->new_total)
        r->old_total = r->new_total = 1;
    memset(r->is_seen, 0, r->old->function_count * sizeof(*r->is_seen));
}

static void choose_all(struct refreshing *r)
{
    double most_missed;

    for (size_t i = 0; i < r->new->function_count; i++) {
        const struct sampleprof_function *new = r->new->functions[i];
        const struct sampleprof_function *old = find_old(r, new);

        r->report->sample_count = saturating_add(r->report->sample_count, new->samples);
        if (old)
            choose(r, old, new);
        else
            choose_added(r, new);
    }
    most_missed = find_most_missed(r);
    for (size_t i = 0; i < r->old->function_count; i++)
        if (!r->is_seen[i])
            choose_unseen(r, r->old->functions[i], most_missed);
}

static void add_unit(struct sampleprof *tree, const struct sampleprof_unit *from)
{
    struct sampleprof_unit *unit = sampleprof_add_unit(tree, from->path);

    for (uint32_t i = 0; i < from->names.count; i++)
        sampleprof_add_unit_name(tree, unit, byteset_at(&from->names, i, NULL));
}

/* Does the unit have a name of the result that no unit of the new profile has? */
static bool is_needed(const struct refreshing *r, const struct sampleprof_unit *unit,
                      const struct byteset *new_names)
{
    for (uint32_t i = 0; i < unit->names.count; i++) {
        const char *name = byteset_at(&unit->names, i, NULL);
        uint32_t id;

        if (byteset_find(&r->tree->names, name, strlen(name), &id) &&
            !byteset_find(new_names, name, strlen(name), &id))
            return true;
    }
    return false;
}

/* The new map, and of the old one what is still needed: units that went away go from it too. */
static void add_units(struct refreshing *r)
{
    struct byteset new_names = {0};

    for (size_t i = 0; i < r->new->unit_count; i++) {
        const struct byteset *names = &r->new->units[i].names;

        add_unit(r->tree, &r->new->units[i]);
        for (uint32_t j = 0; j < names->count; j++)
            byteset_add_text(&new_names, byteset_at(names, j, NULL));
    }
    for (size_t i = 0; i < r->old->unit_count; i++)
        if (is_needed(r, &r->old->units[i], &new_names))
            add_unit(r->tree, &r->old->units[i]);
    byteset_release(&new_names);
}

/* What makes a count hot stays to the byte, for each file is compiled with it. */
static void choose_summary(struct refreshing *r, struct sampleprof *old)
{
    struct sampleprof_summary before, after;

    sampleprof_summarize_tree(old, &before);
    sampleprof_summarize_tree(r->tree, &after);
    r->report->is_summary_kept = sampleprof_summary_is_near(&before, &after, SUMMARY_RATIO);
    r->tree->summary = r->report->is_summary_kept ? before : after;
    r->tree->has_summary = true;
}

struct sampleprof *refresh(struct sampleprof *old, const struct sampleprof *new,
                           struct refresh_report *report)
{
    static const struct sampleprof nothing;
    struct refreshing r = {.old = old, .new = new, .tree = sampleprof_new(), .report = report};

    *report = (struct refresh_report){.is_other_kind = old->is_probe_based != new->is_probe_based};
    if (report->is_other_kind)
        r.old = &nothing;
    r.tree->is_probe_based = new->is_probe_based;
    r.tree->refresh_count = r.old->refresh_count + 1;
    add_old_keys(&r);
    r.is_seen = mem_array(r.old->function_count, sizeof(*r.is_seen));
    set_scale(&r);
    choose_all(&r);
    add_units(&r);
    sampleprof_finish(r.tree);
    if (!report->is_other_kind)
        choose_summary(&r, old);
    byteset_release(&r.old_keys);
    free(r.is_seen);
    return r.tree;
}
