#include "refresh.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/byteset.h"
#include "base/number.h"
#include "bodies.h"
#include "records.h"
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

/* A function of the new profile whose old record stands. */
struct kept {
    const struct sampleprof_function *old, *new;
};

struct refreshing {
    const struct sampleprof *old, *new;
    struct sampleprof *tree;
    struct refresh_report *report;
    struct bodies *old_bodies, *new_bodies;
    struct byteset old_keys; /* by index of old->functions */
    bool *is_seen;           /* by the same: the new profile has it */
    struct records_scale scale;
    struct kept *kept;
    size_t kept_count, kept_capacity;
    const struct sampleprof_function **added; /* that the old profile lacks */
    size_t added_count, added_capacity;
    struct byteset released; /* names that were inlined in old records which do not stand */
    struct byteset taken;    /* names of those that are made anew: by index of taken_as */
    const struct sampleprof_function **taken_as;
    size_t taken_count, taken_capacity;
};

static uint64_t scaled(const struct refreshing *r, uint64_t count)
{
    return records_scale_count(r->scale, count);
}

/* Notes that it is made anew, of the new record and of what kept records lack of it. */
static void renew(struct refreshing *r, const struct sampleprof_function *function)
{
    byteset_add_text(&r->taken, function->name);
    if (r->taken.count > r->taken_count)
        *ARRAY_PUSH(r->taken_as, r->taken_count, r->taken_capacity) = function;
}

static void take(struct refreshing *r, const struct sampleprof_function *known,
                 const struct sampleprof_function *counts, uint64_t samples)
{
    struct sampleprof_function *taken =
        sampleprof_add_function(r->tree, known->name, known->unit, known->is_static);

    records_copy(r->tree, taken, counts, r->scale);
    taken->samples = saturating_add(taken->samples, samples);
    taken->since = r->tree->refresh_count;
}

/* `known` says which function it is in the new profile, if it is there. */
static void keep(struct refreshing *r, const struct sampleprof_function *old,
                 const struct sampleprof_function *known)
{
    struct sampleprof_function *kept =
        sampleprof_add_function(r->tree, known->name, known->unit, known->is_static);

    records_copy(r->tree, kept, old, (struct records_scale){1, 1});
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

static bool is_share_changed(double before, double before_samples, double after,
                             double after_samples)
{
    double variance = 0;

    if (after < before * TOTAL_RATIO && before < after * TOTAL_RATIO)
        return false;
    if (before_samples > 0)
        variance += before * before / before_samples;
    if (after_samples > 0)
        variance += after * after / after_samples;
    return fabs(after - before) > TOTAL_DEVIATION * sqrt(variance);
}

static bool is_body_share_changed(const struct refreshing *r, const char *name)
{
    struct body_pair pair = bodies_compare(r->old_bodies, r->new_bodies, name);
    double scale = (double)r->scale.numerator / (double)r->scale.denominator;

    return is_share_changed(pair.counts[0], pair.samples[0], pair.counts[1] * scale,
                            pair.samples[1]);
}

static bool is_far(struct similarity similarity)
{
    return !similarity.is_same_graph || (similarity.distance > DISTANCE &&
                                         similarity.distance > NOISE_FACTOR * similarity.noise);
}

/* Where the two builds inline otherwise, records differ without a change: bodies say more. */
static bool is_changed(const struct refreshing *r, const struct sampleprof_function *old,
                       const struct sampleprof_function *new)
{
    struct similarity similarity = similarity_of(old, new);
    bool is_other_share = is_share_changed((double)old->total, (double)old->samples,
                                           (double)scaled(r, new->total), (double)new->samples);

    if (!similarity.is_same_graph)
        return true;
    if (!bodies_are_inlined_otherwise(r->old_bodies, r->new_bodies, old, new))
        return is_other_share || is_far(similarity);
    return (is_other_share && is_body_share_changed(r, new->name)) ||
           (is_far(similarity) &&
            is_far(bodies_compare_records(r->old_bodies, r->new_bodies, old, new)));
}

static void choose(struct refreshing *r, const struct sampleprof_function *old,
                   const struct sampleprof_function *new)
{
    bool is_real = is_changed(r, old, new);

    if (is_real || is_too_old(r, old)) {
        r->report->changed += is_real;
        r->report->expired += !is_real;
        take(r, new, new, new->samples);
        renew(r, new);
        records_add_inlined(old, &r->released);
        return;
    }
    r->report->kept_samples = saturating_add(r->report->kept_samples, new->samples);
    keep(r, old, new);
    *ARRAY_PUSH(r->kept, r->kept_count, r->kept_capacity) = (struct kept){old, new};
}

/* Do kept records have it, inlined, and as often as it is now? */
static bool is_inlined_in_kept(const struct refreshing *r, const char *name)
{
    uint32_t id;

    return bodies_has(r->old_bodies, name) && !is_body_share_changed(r, name) &&
           !byteset_find(&r->released, name, strlen(name), &id);
}

static void choose_added(struct refreshing *r, const struct sampleprof_function *new)
{
    if (new->samples &&new->samples < FEWEST_SAMPLES) {
        r->report->left_out++;
    } else if (is_inlined_in_kept(r, new->name)) {
        r->report->inlined++;
    } else {
        r->report->added++;
        take(r, new, new, new->samples);
        renew(r, new);
    }
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

/* It is in the new profile, but everywhere inlined. */
static void choose_inlined(struct refreshing *r, const struct sampleprof_function *old)
{
    bool is_real = is_body_share_changed(r, old->name) ||
                   is_far(bodies_compare_records(r->old_bodies, r->new_bodies, old, NULL));

    if (!is_real && !is_too_old(r, old)) {
        r->report->unseen++;
        keep(r, old, old);
        return;
    }
    r->report->changed += is_real;
    r->report->expired += !is_real;
    renew(r, old);
    records_add_inlined(old, &r->released);
}

static void choose_unseen(struct refreshing *r, const struct sampleprof_function *old,
                          double most_missed)
{
    if (bodies_has(r->new_bodies, old->name)) {
        choose_inlined(r, old);
    } else if ((double)old->total >= most_missed || is_too_old(r, old)) {
        r->report->gone++;
        records_add_inlined(old, &r->released);
    } else {
        r->report->unseen++;
        keep(r, old, old);
    }
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
    const double exact = 9007199254740992.0; /* 2^53: whole numbers up to there */
    double sums[2], shrunk;

    bodies_sum(r->old_bodies, r->new_bodies, sums);
    shrunk = fmax(1, fmax(sums[0], sums[1]) / exact);
    r->scale.numerator = (uint64_t)(sums[0] / shrunk);
    r->scale.denominator = (uint64_t)(sums[1] / shrunk);
    if (!r->scale.numerator || !r->scale.denominator)
        r->scale = (struct records_scale){1, 1};
}

static void add_missing(void *data, const struct sampleprof_function *callee)
{
    struct refreshing *r = data;
    uint32_t id;

    if (byteset_find(&r->taken, callee->name, strlen(callee->name), &id))
        take(r, r->taken_as[id], callee,
             (uint64_t)((double)callee->total * bodies_samples_per_count(r->new_bodies)));
}

static void choose_all(struct refreshing *r)
{
    double most_missed = find_most_missed(r);

    for (size_t i = 0; i < r->new->function_count; i++) {
        const struct sampleprof_function *new = r->new->functions[i];
        const struct sampleprof_function *old = find_old(r, new);

        r->report->sample_count = saturating_add(r->report->sample_count, new->samples);
        if (old)
            choose(r, old, new);
        else
            *ARRAY_PUSH(r->added, r->added_count, r->added_capacity) = new;
    }
    for (size_t i = 0; i < r->old->function_count; i++)
        if (!r->is_seen[i])
            choose_unseen(r, r->old->functions[i], most_missed);
    for (size_t i = 0; i < r->added_count; i++)
        choose_added(r, r->added[i]);
    for (size_t i = 0; i < r->kept_count; i++)
        records_visit_missing(r->kept[i].new, r->kept[i].old, add_missing, r);
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

static void release(struct refreshing *r)
{
    bodies_free(r->old_bodies);
    bodies_free(r->new_bodies);
    byteset_release(&r->old_keys);
    byteset_release(&r->released);
    byteset_release(&r->taken);
    free(r->is_seen);
    free(r->kept);
    free(r->added);
    free(r->taken_as);
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
    r.old_bodies = bodies_new(r.old);
    r.new_bodies = bodies_new(new);
    add_old_keys(&r);
    r.is_seen = mem_array(r.old->function_count, sizeof(*r.is_seen));
    set_scale(&r);
    choose_all(&r);
    records_add_units(r.tree, r.old, new);
    sampleprof_finish(r.tree);
    if (!report->is_other_kind)
        choose_summary(&r, old);
    release(&r);
    return r.tree;
}
