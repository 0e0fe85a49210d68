/* pgo-collect merge: profiles, one after the other → sums → gate → symbols → file → report. */
#include "command.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/path.h"
#include "base/progress.h"
#include "base/talk.h"
#include "gate.h"
#include "input.h"
#include "merge_options.h"
#include "output.h"
#include "profile/labels.h"
#include "symbolize.h"

#define KEPT_BYTES (32 << 20) /* the C library takes no more as M_MMAP_THRESHOLD */

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

/* An input that is the output would be lost, and counted twice the next time. */
static bool check_same(const struct merge_options *options, const char *path, struct err *err)
{
    struct stat in, out;

    if (stat(options->output, &out) != 0 || !S_ISREG(out.st_mode) || stat(path, &in) != 0 ||
        in.st_dev != out.st_dev || in.st_ino != out.st_ino)
        return true;
    err_set(err, ERR_USAGE, "%s: is an input and the output", path);
    return err_hint(err, "give another -o FILE, and move it then");
}

static bool check_outputs(const struct merge_options *options, struct err *err)
{
    for (size_t i = 0; i < options->input_count; i++)
        if (!check_same(options, options->inputs[i].path, err))
            return false;
    return output_check(options->output, options->force, err);
}

static bool add_input(const struct merge_options *options, const struct merge_input *input,
                      struct profile_merge *merge, uint64_t *unlabelled, struct err *err)
{
    struct profile *profile = input_read(input->path, err);
    bool done;

    if (!profile)
        return false;
    if (!gate_check_program(&options->gate, profile, err)) {
        profile_free(profile);
        return err_prepend(err, "%s: ", input->path);
    }
    *unlabelled += labels_keep(profile, options->labels, options->label_count);
    done = profile_merge_add(merge, profile, input->weight, err) ||
           err_prepend(err, "%s: ", input->path);
    profile_free(profile);
    return done;
}

/*
 * What one profile needed is kept for the next. By default it goes back to the kernel each time,
 * and comes again page by page: a sixth of the time of a merge.
 */
static void keep_freed_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
}

static bool add_inputs(const struct merge_options *options, struct profile_merge *merge,
                       uint64_t *unlabelled, struct err *err)
{
    bool done = true;

    keep_freed_memory();
    progress_start("merging %zu profiles", options->input_count);
    for (size_t i = 0; done && i < options->input_count; i++)
        done = add_input(options, &options->inputs[i], merge, unlabelled, err);
    progress_end();
    return done;
}

static bool check_gate(const struct merge_options *options, const struct profile_merge_facts *facts,
                       struct err *err)
{
    if (gate_check(&options->gate, facts, err))
        return true;
    if (err->kind == ERR_NOT_FOUND && options->label_count)
        err_hint(err, "is the --label right? `pgo-collect show --by=label FILE` lists them");
    return false;
}

static void warn_share(uint64_t part, uint64_t whole, const char *what)
{
    if (part)
        talk_warn("%.1f%% (%" PRIu64 "/%" PRIu64 ") of the samples %s", percent(part, whole), part,
                  whole, what);
}

static void warn_losses(const struct profile_merge_facts *facts)
{
    warn_share(facts->without_address, facts->sample_count,
               "came without an address: the source of the profiles has dropped it, and lines are "
               "all that is known");
    warn_share(facts->without_start_line, facts->with_lines,
               "that have a line came without the line where their function starts");
    gate_warn_programs(facts);
    if (facts->has_mixed_periods)
        talk_warn("the profiles were sampled at several rates: counts of samples do not weigh "
                  "alike, time does");
}

static size_t count_builds(const struct profile *profile)
{
    struct byteset names = {0};
    size_t count;

    for (size_t i = 0; i < profile->mapping_count; i++) {
        const char *key[] = {profile->mappings[i].file, profile->mappings[i].build_id};

        byteset_add(&names, key, sizeof(key)); /* interned: equal by pointer */
    }
    count = names.count;
    byteset_release(&names);
    return count;
}

static void report(const struct merge_options *options, const struct profile_merge_facts *facts,
                   const struct profile *profile, uint64_t unlabelled, size_t bytes)
{
    size_t builds = count_builds(profile);

    warn_losses(facts);
    talk_say("%" PRIu64 " %s, %" PRIu64 " %s: %zu %s of %zu %s", facts->profile_count,
             facts->profile_count == 1 ? "profile" : "profiles", facts->sample_count,
             facts->is_memory ? "bytes of memory" : "samples", profile->sample_count,
             profile->sample_count == 1 ? "stack" : "stacks", builds,
             builds == 1 ? "binary" : "binaries");
    if (options->label_count)
        talk_say("%" PRIu64 " stacks without the label left out", unlabelled);
    talk_say("%s: %zu bytes written", options->output, bytes);
}

static bool write_merged(const struct merge_options *options, const struct profile_merge *merge,
                         uint64_t unlabelled, struct err *err)
{
    const struct profile_merge_facts *facts = profile_merge_facts(merge);
    struct profile *profile;
    size_t bytes = 0;
    bool done;

    if (!check_gate(options, facts, err))
        return false;
    profile = profile_merge_build(merge);
    symbolize_profile(profile);
    done = output_write(options->output, options->force, profile, &bytes, err);
    if (done)
        report(options, facts, profile, unlabelled, bytes);
    profile_free(profile);
    return done;
}

int command_merge(int argc, char **argv)
{
    struct merge_options options;
    struct err err = {0};
    enum command_line_result request = merge_options_read(&options, argc, argv, &err);
    bool done = request == COMMAND_LINE_SHOWED;

    if (request == COMMAND_LINE_RUN && check_outputs(&options, &err)) {
        struct profile_merge *merge = profile_merge_new(options.scale);
        uint64_t unlabelled = 0;

        done = add_inputs(&options, merge, &unlabelled, &err) &&
               write_merged(&options, merge, unlabelled, &err);
        profile_merge_free(merge);
    }
    merge_options_release(&options);
    return done ? TALK_EXIT_DONE : talk_fail(&err);
}
