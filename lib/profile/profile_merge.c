#include "profile/profile_merge.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "profile/profile_merge_parts.h"

#define UNITS_A_MINUTE ((merge_sum)60000000000 << 20) /* times the duration's nanoseconds */
#define MAX_FACTOR     ((merge_sum)1 << 62)           /* a value times it is a merge_sum */
#define MERGE_SUM_MAX  ((((merge_sum)1 << 126) - 1) * 2 + 1)
#define MERGE_SUM_MIN  (-MERGE_SUM_MAX - 1)

struct profile_merge *profile_merge_new(enum profile_merge_scale scale)
{
    struct profile_merge *merge = mem_alloc(sizeof(*merge));

    merge->scale = scale;
    merge->head = profile_new();
    return merge;
}

void profile_merge_free(struct profile_merge *merge)
{
    if (!merge)
        return;
    profile_free(merge->head);
    byteset_release(&merge->binary_keys);
    byteset_release(&merge->mapping_keys);
    byteset_release(&merge->location_keys);
    byteset_release(&merge->functions);
    byteset_release(&merge->label_sets);
    byteset_release(&merge->stacks);
    free(merge->binaries);
    free(merge->mappings);
    free(merge->locations);
    free(merge->sums);
    free(merge->totals);
    free(merge->scaled_totals);
    free(merge->location_key);
    free(merge->stack_key);
    free(merge);
}

const struct profile_merge_facts *profile_merge_facts(const struct profile_merge *merge)
{
    return &merge->facts;
}

static int compare_labels(const void *a, const void *b)
{
    return merge_compare_labels(a, b);
}

static uint32_t find_label_set(struct merge_intake *intake, const struct profile_sample *sample)
{
    struct profile_label *labels;
    uint32_t id;

    if (!sample->label_count)
        return PROFILE_NONE;
    labels = mem_array(sample->label_count, sizeof(*labels));
    for (uint32_t i = 0; i < sample->label_count; i++) {
        labels[i].key = merge_intern(intake, sample->labels[i].key);
        labels[i].text = merge_intern(intake, sample->labels[i].text);
        labels[i].unit = merge_intern(intake, sample->labels[i].unit);
        labels[i].number = sample->labels[i].number;
    }
    qsort(labels, sample->label_count, sizeof(*labels), compare_labels);
    id = byteset_add(&intake->merge->label_sets, labels, sample->label_count * sizeof(*labels));
    free(labels);
    return id;
}

static uint32_t find_stack(struct merge_intake *intake, const struct profile_sample *sample)
{
    struct profile_merge *merge = intake->merge;
    size_t count = sample->location_count + (size_t)1;

    if (count > merge->stack_key_capacity)
        merge->stack_key = array_grow(merge->stack_key, &merge->stack_key_capacity, count,
                                      sizeof(*merge->stack_key));
    for (uint32_t i = 0; i < sample->location_count; i++)
        merge->stack_key[i] = merge_find_location(intake, sample->locations[i]);
    merge->stack_key[count - 1] = find_label_set(intake, sample);
    return byteset_add(&merge->stacks, merge->stack_key, count * sizeof(*merge->stack_key));
}

static void add_sum(merge_sum *sum, merge_sum more)
{
    if (__builtin_add_overflow(*sum, more, sum))
        *sum = more < 0 ? MERGE_SUM_MIN : MERGE_SUM_MAX;
}

static void add_values(struct merge_intake *intake, const struct profile_sample *sample,
                       uint64_t weight)
{
    struct profile_merge *merge = intake->merge;
    size_t types = merge->head->value_type_count;
    size_t first = find_stack(intake, sample) * types;

    while (merge->sum_count < first + types)
        *ARRAY_PUSH(merge->sums, merge->sum_count, merge->sum_capacity) = 0;
    for (size_t i = 0; i < types; i++) {
        merge_sum scaled = sample->values[i] * intake->factor;

        add_sum(&merge->sums[first + i], scaled);
        add_sum(&merge->scaled_totals[i], scaled);
        add_sum(&merge->totals[i], (merge_sum)sample->values[i] * (merge_sum)weight);
    }
}

/* What the figures in the report are made of. */
static void add_facts(struct merge_intake *intake, const struct profile_sample *sample,
                      uint64_t samples)
{
    struct profile_merge_facts *facts = &intake->merge->facts;
    const struct profile_location *leaf;
    const struct profile_line *line;

    facts->sample_count = saturating_add(facts->sample_count, samples);
    if (!sample->location_count)
        return;
    leaf = &intake->in->locations[sample->locations[0]];
    line = leaf->line_count ? &leaf->lines[0] : NULL;
    if (!leaf->ip)
        facts->without_address = saturating_add(facts->without_address, samples);
    if (leaf->mapping != PROFILE_NONE) {
        facts->in_binaries = saturating_add(facts->in_binaries, samples);
        if (intake->binaries[leaf->mapping] == intake->binaries[0])
            facts->in_own = saturating_add(facts->in_own, samples);
    }
    if (line && line->line) {
        facts->with_lines = saturating_add(facts->with_lines, samples);
        if (!intake->in->functions[line->function].start_line)
            facts->without_start_line = saturating_add(facts->without_start_line, samples);
    }
}

static void add_samples(struct merge_intake *intake, const struct profile_weight *samples_by,
                        uint64_t weight)
{
    for (size_t i = 0; i < intake->in->sample_count; i++) {
        const struct profile_sample *sample = &intake->in->samples[i];
        int64_t samples = sample->values[samples_by->value] / samples_by->divisor;

        add_values(intake, sample, weight);
        add_facts(intake, sample, samples > 0 ? (uint64_t)samples : 0);
    }
}

static bool is_type(const struct profile_value_type *a, const struct profile_value_type *b)
{
    return strcmp(a->type, b->type) == 0 && strcmp(a->unit, b->unit) == 0;
}

static void name_types(const struct profile *profile, struct strbuf *out)
{
    for (size_t i = 0; i < profile->value_type_count; i++)
        strbuf_add_format(out, "%s%s/%s", i ? ", " : "", profile->value_types[i].type,
                          profile->value_types[i].unit);
    if (profile->period_type.type[0])
        strbuf_add_format(out, " every %s/%s", profile->period_type.type,
                          profile->period_type.unit);
}

static bool refuse_types(const struct profile *head, const struct profile *in, struct err *err)
{
    struct strbuf found = {0}, expected = {0};

    name_types(in, &found);
    name_types(head, &expected);
    err_set(err, ERR_MISMATCH, "found values of %s, expected %s as the profiles before",
            strbuf_text(&found), strbuf_text(&expected));
    strbuf_release(&found);
    strbuf_release(&expected);
    return err_hint(err, "merge profiles of one kind, from one collector");
}

static bool check_types(const struct profile_merge *merge, const struct profile *in,
                        struct err *err)
{
    const struct profile *head = merge->head;
    bool is_same = head->value_type_count == in->value_type_count &&
                   is_type(&head->period_type, &in->period_type);

    if (!merge->facts.profile_count)
        return true;
    for (size_t i = 0; is_same && i < in->value_type_count; i++)
        is_same = is_type(&head->value_types[i], &in->value_types[i]);
    return is_same || refuse_types(head, in, err);
}

static void start_head(struct profile_merge *merge, const struct profile *in)
{
    struct profile *head = merge->head;

    for (size_t i = 0; i < in->value_type_count; i++)
        profile_add_value_type(head, in->value_types[i].type, in->value_types[i].unit);
    head->period_type.type = profile_intern(head, in->period_type.type);
    head->period_type.unit = profile_intern(head, in->period_type.unit);
    head->default_type = profile_intern(head, in->default_type);
    head->period = in->period;
    head->time_ns = in->time_ns;
    for (size_t i = 0; i < in->comment_count; i++)
        profile_add_comment(head, "%s", in->comments[i]);
    merge->totals = mem_array(in->value_type_count, sizeof(*merge->totals));
    merge->scaled_totals = mem_array(in->value_type_count, sizeof(*merge->scaled_totals));
}

static void keep_common_comments(struct profile *head, const struct profile *in)
{
    size_t kept = 0;

    for (size_t i = 0; i < head->comment_count; i++) {
        bool is_common = false;

        for (size_t j = 0; !is_common && j < in->comment_count; j++)
            is_common = strcmp(head->comments[i], in->comments[j]) == 0;
        if (is_common)
            head->comments[kept++] = head->comments[i];
    }
    head->comment_count = kept;
}

static void add_head(struct profile_merge *merge, const struct profile *in)
{
    struct profile *head = merge->head;

    if (!merge->facts.profile_count)
        start_head(merge, in);
    keep_common_comments(head, in);
    merge->facts.has_mixed_periods |= head->period != in->period;
    if (in->period > head->period)
        head->period = in->period;
    if (in->time_ns && (!head->time_ns || in->time_ns < head->time_ns))
        head->time_ns = in->time_ns;
    if (strcmp(in->default_type, head->default_type) < 0)
        head->default_type = profile_intern(head, in->default_type);
    if (in->duration_ns > 0 &&
        __builtin_add_overflow(head->duration_ns, in->duration_ns, &head->duration_ns))
        head->duration_ns = INT64_MAX;
    merge->facts.profile_count++;
}

/* By the name of the file alone: a fleet has one program in several builds and folders. */
static void add_program(struct profile_merge *merge, const struct profile *in)
{
    struct profile_merge_facts *facts = &merge->facts;
    const char *file = in->mapping_count ? in->mappings[0].file : "";

    if (!*file)
        return;
    if (!facts->program)
        facts->program = profile_intern(merge->head, file);
    if (strcmp(path_base(facts->program), path_base(file)) == 0)
        return;
    facts->other_program = profile_intern(merge->head, file);
    facts->other_count++;
}

static uint32_t *new_ids(size_t count)
{
    uint32_t *ids = mem_array(count, sizeof(*ids));

    memset(ids, 0xff, count * sizeof(*ids)); /* PROFILE_NONE */
    return ids;
}

bool profile_merge_add(struct profile_merge *merge, const struct profile *profile, uint64_t weight,
                       struct err *err)
{
    struct merge_intake intake = {.merge = merge, .in = profile, .factor = (merge_sum)weight};
    struct profile_weight samples_by;

    assert(weight <= UINT32_MAX);
    if (!profile_find_weight(profile, NULL, &samples_by, err) || !check_types(merge, profile, err))
        return false;
    if (merge->scale == PROFILE_MERGE_BY_DURATION) {
        if (profile->duration_ns <= 0) {
            err_set(err, ERR_FORMAT, "no duration, which --normalize=duration divides by");
            return err_hint(err, "leave the file or --normalize out");
        }
        intake.factor = intake.factor * UNITS_A_MINUTE / profile->duration_ns;
        if (intake.factor > MAX_FACTOR)
            intake.factor = MAX_FACTOR;
    }
    add_head(merge, profile);
    add_program(merge, profile);
    merge->facts.is_memory = profile_weighs_memory(profile, &samples_by);
    intake.binaries = new_ids(profile->mapping_count);
    intake.mappings = new_ids(profile->mapping_count);
    intake.functions = new_ids(profile->function_count);
    intake.locations = new_ids(profile->location_count);
    merge_add_mappings(&intake);
    add_samples(&intake, &samples_by, weight);
    free(intake.binaries);
    free(intake.mappings);
    free(intake.functions);
    free(intake.locations);
    return true;
}
