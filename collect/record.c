/* pgo-collect record: target → samples → trace → profile → symbols → file → report. */
#include "command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/path.h"
#include "base/talk.h"
#include "output.h"
#include "proc.h"
#include "record_options.h"
#include "recording.h"
#include "sampler.h"
#include "symbolize.h"
#include "target.h"
#include "trace.h"

enum { EXIT_CANNOT_RUN = 126, EXIT_NO_COMMAND = 127 };

static int64_t period_ns(const struct record_options *options)
{
    return (int64_t)(1000000000 / options->hz);
}

/* Where the figures come from. The program's name, never its arguments: they may hold secrets. */
static void add_comments(const struct record_options *options, const struct recording *recording,
                         struct profile *profile)
{
    const struct trace *trace = recording->trace;
    struct utsname host;

    profile_add_comment(profile, "pgo-collect %s", PGO_VERSION);
    profile_add_comment(profile, "program: %s", recording->program);
    profile_add_comment(profile, "sampler: perf_event_open, %s:u, %" PRIu64 " Hz",
                        recording->sampler->event.name, options->hz);
    if (recording->sampler->event.attr.freq) /* whose own unit is not time */
        profile_add_comment(profile, "cpu/nanoseconds is samples times the period");
    profile_add_comment(profile, "samples: %" PRIu64 ", lost: %" PRIu64 ", throttled: %" PRIu64,
                        trace->sample_count, trace->lost_count, trace->throttled_count);
    if (uname(&host) == 0)
        profile_add_comment(profile, "kernel: %s %s %s", host.sysname, host.release, host.machine);
}

static struct profile *build_profile(const struct record_options *options,
                                     const struct recording *recording)
{
    const struct trace *trace = recording->trace;
    struct profile *profile = profile_new();

    profile_add_value_type(profile, "samples", "count");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    profile->period_type = profile->value_types[1];
    profile->period = period_ns(options);
    profile->time_ns = recording->time_ns;
    profile->duration_ns = recording->duration_ns;
    add_comments(options, recording, profile);
    stacks_build(&trace->stacks, trace->spaces.mappings, trace->spaces.mapping_count,
                 profile->period, profile);
    return profile;
}

static bool explain_no_samples(const struct record_options *options, struct err *err)
{
    err_set(err, ERR_NOT_FOUND,
            "no samples, nothing written: no thread used a period (%.4g ms) of CPU time "
            "in user space",
            (double)period_ns(options) / 1e6);
    return err_hint(err, "record for longer, under load, or with a higher -F");
}

static void report(const struct record_options *options, const struct recording *recording,
                   const struct profile *profile, size_t bytes)
{
    const struct trace *trace = recording->trace;
    struct symbolize_share share = symbolize_measure(profile);

    talk_say("%" PRIu64 " samples (%s, %" PRIu64 " Hz) of %zu %s, %zu %s in %.1f s; %" PRIu64
             " lost; %.1f%% with a source line",
             trace->sample_count, recording->sampler->event.name, options->hz, trace->pids.count,
             trace->pids.count == 1 ? "process" : "processes", trace->tids.count,
             trace->tids.count == 1 ? "thread" : "threads", (double)recording->duration_ns / 1e9,
             trace->lost_count, 100.0 * (double)share.with_line / (double)share.total);
    if (share.with_line == 0)
        talk_warn(
            "no sample has a source line: build the program anew with pgo-build (make -B), or "
            "with -g1 -fdebug-info-for-profiling, and record again");
    talk_say("%s: %zu bytes written%s", options->output, bytes,
             share.with_line && strcmp(options->output, OUTPUT_DEFAULT) == 0
                 ? "; next: pgo-build make"
                 : "");
}

static bool write_profile(const struct record_options *options, const struct recording *recording,
                          struct err *err)
{
    struct profile *profile;
    size_t bytes = 0;
    bool done;

    if (recording->trace->sample_count == 0)
        return explain_no_samples(options, err);
    profile = build_profile(options, recording);
    symbolize_profile(profile);
    done = output_write(options->output, options->force, profile, &bytes, err);
    if (done)
        report(options, recording, profile, bytes);
    profile_free(profile);
    return done;
}

/* The exit code; the err of a command that could not be run has its own. */
static int finish(const struct target *target, const struct recording *recording, bool done,
                  const struct err *err)
{
    bool failed = target->ended && target->exit_code != 0 && !recording->was_stopped;

    if (failed && target->exit_code > 128)
        talk_warn("%s was ended by signal %d", recording->program, target->exit_code - 128);
    else if (failed)
        talk_warn("%s ended with exit code %d", recording->program, target->exit_code);
    if (target->is_command && !target->ended)
        talk_warn("%s (process %d) still runs", recording->program, (int)target->pid);
    if (!done)
        return talk_fail(err);
    return failed ? target->exit_code : TALK_EXIT_DONE;
}

static int record(const struct record_options *options, struct target *target, const char *program)
{
    struct sampler sampler;
    struct trace trace = {0};
    struct recording recording = {.target = target,
                                  .sampler = &sampler,
                                  .trace = &trace,
                                  .max_seconds = options->max_seconds,
                                  .program = program};
    struct err err = {0};
    int exit_code;

    if (!sampler_open(&sampler, options->hz, options->call_chains, &err))
        return talk_fail(&err);
    if (!recording_run(&recording, &err)) {
        exit_code = talk_fail(&err);
        if (target->is_command && target->exec_errno)
            exit_code = target->exec_errno == ENOENT ? EXIT_NO_COMMAND : EXIT_CANNOT_RUN;
    } else {
        bool done = write_profile(options, &recording, &err);

        exit_code = finish(target, &recording, done, &err);
    }
    trace_release(&trace);
    sampler_close(&sampler);
    return exit_code;
}

int command_record(int argc, char **argv)
{
    struct record_options options;
    struct target target = {0};
    struct err err = {0};
    char *program;
    int exit_code;

    switch (record_options_read(&options, argc, argv, &err)) {
    case RECORD_SHOWED:
        return TALK_EXIT_DONE;
    case RECORD_ERROR:
        return talk_fail(&err);
    case RECORD_RUN:
        break;
    }
    if (!output_check(options.output, options.force, &err) ||
        !(options.pid ? target_attach(&target, options.pid, &err)
                      : target_start(&target, options.command, &err)))
        return talk_fail(&err);
    program = options.pid ? proc_program(options.pid) : mem_strdup(path_base(options.command[0]));
    exit_code = record(&options, &target, program);
    free(program);
    target_close(&target);
    return exit_code;
}
