/*
 * pgo-collect record: target → samples → trace → profile → symbols → file → report. Samples come
 * from perf events, or, of a command where there are none, from libpgocollect.
 */
#include "command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/memory.h"
#include "base/path.h"
#include "base/talk.h"
#include "output.h"
#include "preload.h"
#include "proc.h"
#include "record_options.h"
#include "recording.h"
#include "sampler.h"
#include "symbolize.h"
#include "target.h"
#include "trace.h"

enum { EXIT_CANNOT_RUN = 126, EXIT_NO_COMMAND = 127 };

/* What is at work, from its opening to the report. */
struct session {
    const struct record_options *options;
    struct target target;
    struct sampler sampler;
    struct preload preload;
    struct trace trace;
    struct recording recording;
    char *program;
    uint64_t hz; /* as asked, or as much as libpgocollect can do */
};

static int64_t period_ns(const struct session *session)
{
    return (int64_t)(1000000000 / session->hz);
}

static void add_sampler_comment(const struct session *session, struct profile *profile)
{
    const struct sampler *sampler = session->recording.sampler;

    if (!sampler) {
        profile_add_comment(profile, "sampler: libpgocollect, CPU timer per thread, %" PRIu64 " Hz",
                            session->hz);
        return;
    }
    profile_add_comment(profile, "sampler: perf_event_open, %s:u, %" PRIu64 " Hz",
                        sampler->event.name, session->hz);
    if (sampler->event.attr.freq) /* whose own unit is not time */
        profile_add_comment(profile, "cpu/nanoseconds is samples times the period");
}

/* Where the figures come from. The program's name, never its arguments: they may hold secrets. */
static void add_comments(const struct session *session, struct profile *profile)
{
    const struct trace *trace = &session->trace;
    struct utsname host;

    profile_add_comment(profile, "pgo-collect %s", PGO_VERSION);
    profile_add_comment(profile, "program: %s", session->program);
    add_sampler_comment(session, profile);
    profile_add_comment(profile, "samples: %" PRIu64 ", lost: %" PRIu64 ", throttled: %" PRIu64,
                        trace->sample_count, trace_lost_count(trace), trace->throttled_count);
    if (session->options->is_machine_wide)
        profile_add_comment(profile, "samples within the kernel, left out: %" PRIu64,
                            trace->kernel_count);
    if (uname(&host) == 0)
        profile_add_comment(profile, "kernel: %s %s %s", host.sysname, host.release, host.machine);
}

static struct profile *build_profile(const struct session *session)
{
    const struct trace *trace = &session->trace;
    struct profile *profile = profile_new();
    struct arena arena = {0};

    profile_add_value_type(profile, "samples", "count");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    profile->period_type = profile->value_types[1];
    profile->period = period_ns(session);
    profile->time_ns = session->recording.time_ns;
    profile->duration_ns = session->recording.duration_ns;
    add_comments(session, profile);
    stacks_build_tagged(
        &trace->stacks, trace->by_process ? processes_labels(&trace->processes, &arena) : NULL,
        trace->spaces.mappings, trace->spaces.mapping_count, profile->period, profile);
    arena_release(&arena);
    return profile;
}

static bool explain_no_samples(const struct session *session, struct err *err)
{
    if (session->recording.preload) {
        err_set(err, ERR_NOT_FOUND,
                "no samples, nothing written: libpgocollect found no program "
                "to sample, or none that used CPU time");
        return err_hint(err, "a program that is statically linked, setuid, or ended by a signal in "
                             "its first second gives none without perf events");
    }
    err_set(err, ERR_NOT_FOUND,
            "no samples, nothing written: no thread used a period (%.4g ms) of CPU time "
            "in user space",
            (double)period_ns(session) / 1e6);
    return err_hint(err, "record for longer, under load, or with a higher -F");
}

#define LOST_WARN_PCT 5.0

/* How many of what, and what is known to be missing. */
static void describe_samples(const struct session *session, struct strbuf *text)
{
    const struct trace *trace = &session->trace;
    const struct sampler *sampler = session->recording.sampler;

    strbuf_add_format(text, "%" PRIu64 " samples (%s, %" PRIu64 " Hz) of %zu %s",
                      trace->sample_count, sampler ? sampler->event.name : "libpgocollect",
                      session->hz, trace->pids.count,
                      trace->pids.count == 1 ? "process" : "processes");
    if (sampler)
        strbuf_add_format(text, ", %zu %s", trace->tids.count,
                          trace->tids.count == 1 ? "thread" : "threads");
    strbuf_add_format(text, " in %.1f s", (double)session->recording.duration_ns / 1e9);
    if (sampler)
        strbuf_add_format(text, "; %" PRIu64 " lost", trace_lost_count(trace));
    if (session->options->is_machine_wide)
        strbuf_add_format(text, "; %.1f%% (%" PRIu64 "/%" PRIu64 ") within the kernel, left out",
                          100.0 * (double)trace->kernel_count /
                              (double)(trace->kernel_count + trace->sample_count),
                          trace->kernel_count, trace->kernel_count + trace->sample_count);
}

static void report(const struct session *session, const struct profile *profile, size_t bytes)
{
    const struct record_options *options = session->options;
    struct symbolize_share share = symbolize_measure(profile);
    struct strbuf samples = {0};

    describe_samples(session, &samples);
    talk_say("%s; %.1f%% with a source line", strbuf_text(&samples),
             100.0 * (double)share.with_line / (double)share.total);
    strbuf_release(&samples);
    if (trace_lost_pct(&session->trace) > LOST_WARN_PCT)
        talk_warn("%.1f%% (%" PRIu64 "/%" PRIu64 ") of the samples are lost, most of the busiest "
                  "time: record with a lower -F, or without --call-graph=dwarf",
                  trace_lost_pct(&session->trace), trace_lost_count(&session->trace),
                  trace_lost_count(&session->trace) + session->trace.sample_count);
    if (session->preload.damaged)
        talk_warn("%" PRIu64 " files of libpgocollect could not be read", session->preload.damaged);
    if (share.with_line == 0)
        talk_warn(
            "no sample has a source line: build the program anew with pgo-build (make -B), or "
            "with -g1 -fdebug-info-for-profiling, and record again");
    talk_say("%s: %zu bytes written%s", options->output, bytes,
             share.with_line && strcmp(options->output, OUTPUT_DEFAULT) == 0
                 ? "; next: pgo-build make"
                 : "");
}

static bool write_profile(const struct session *session, struct err *err)
{
    const struct record_options *options = session->options;
    struct profile *profile;
    size_t bytes = 0;
    bool done;

    if (session->trace.sample_count == 0)
        return explain_no_samples(session, err);
    profile = build_profile(session);
    symbolize_profile(profile);
    done = output_write(options->output, options->force, profile, &bytes, err);
    if (done)
        report(session, profile, bytes);
    profile_free(profile);
    return done;
}

/* The exit code; the err of a command that could not be run has its own. */
static int finish(const struct session *session, bool done, const struct err *err)
{
    const struct target *target = &session->target;
    bool failed = target->ended && target->exit_code != 0 && !session->recording.was_stopped;

    if (failed && target->exit_code > 128)
        talk_warn("%s was ended by signal %d", session->program, target->exit_code - 128);
    else if (failed)
        talk_warn("%s ended with exit code %d", session->program, target->exit_code);
    if (target->is_command && !target->ended)
        talk_warn("%s (process %d) still runs", session->program, (int)target->pid);
    if (!done)
        return talk_fail(err);
    return failed ? target->exit_code : TALK_EXIT_DONE;
}

/* One line on what is done instead, and why; then what would make it unnecessary. */
static void say_fallback(const struct session *session, const struct err *why)
{
    const struct record_options *options = session->options;
    const char *obstacle = preload_obstacle(options->command[0]);

    talk_say("%s; sampling with libpgocollect instead (%s)", why->message, why->hint);
    if (session->hz < options->hz)
        talk_warn("-F %" PRIu64 ": libpgocollect samples at %d Hz at most", options->hz,
                  PRELOAD_MAX_HZ);
    if (obstacle)
        talk_warn("%s %s: libpgocollect cannot sample it, only what it starts", session->program,
                  obstacle);
}

/* Only a command that we start can be given libpgocollect. */
static bool fall_back(struct session *session, struct err *err)
{
    const struct record_options *options = session->options;
    struct err why = *err;

    if (why.kind == ERR_UNSUPPORTED && options->pid)
        return err_hint(err,
                        "%s; or start the program by `pgo-collect record -- COMMAND`, which "
                        "can do without",
                        why.hint);
    if (why.kind != ERR_UNSUPPORTED || !options->command[0])
        return false;
    session->hz = options->hz < PRELOAD_MAX_HZ ? options->hz : PRELOAD_MAX_HZ;
    if (!preload_open(&session->preload, session->hz, options->call_graph == CALL_GRAPH_NONE, err))
        return err_prepend(err, "%s; ", why.message) || err_hint(err, "%s", why.hint);
    say_fallback(session, &why);
    session->recording.preload = &session->preload;
    return true;
}

static bool open_sampler(struct session *session, struct err *err)
{
    const struct record_options *options = session->options;
    struct event_wish wish = {.hz = options->hz,
                              .call_chains = options->call_graph == CALL_GRAPH_FP,
                              .stack_bytes = options->stack_bytes,
                              .is_machine_wide = options->is_machine_wide};

    session->hz = options->hz;
    session->trace.by_process = options->is_machine_wide;
    if (!sampler_open(&session->sampler, &wish, err))
        return fall_back(session, err);
    session->recording.sampler = &session->sampler;
    return true;
}

static bool open_target(struct session *session, struct err *err)
{
    const struct record_options *options = session->options;

    if (options->pid)
        return target_attach(&session->target, options->pid, err);
    if (options->command[0])
        return target_start(
            &session->target, options->command,
            session->recording.preload ? preload_variables(&session->preload) : NULL, err);
    target_machine(&session->target);
    return true;
}

static int record(struct session *session)
{
    struct target *target = &session->target;
    struct err err = {0};
    bool done;

    if (!recording_run(&session->recording, &err)) {
        int exit_code = talk_fail(&err);

        if (!target->is_command || !target->exec_errno)
            return exit_code;
        return target->exec_errno == ENOENT ? EXIT_NO_COMMAND : EXIT_CANNOT_RUN;
    }
    done = write_profile(session, &err);
    return finish(session, done, &err);
}

static char *name_program(const struct record_options *options)
{
    if (options->pid)
        return proc_program(options->pid);
    return mem_strdup(options->is_machine_wide ? "all" : path_base(options->command[0]));
}

static void close_session(struct session *session)
{
    target_close(&session->target);
    sampler_close(&session->sampler);
    preload_close(&session->preload);
    trace_release(&session->trace);
    free(session->program);
}

int command_record(int argc, char **argv)
{
    struct record_options options;
    struct session session = {.options = &options,
                              .target = {.pid_fd = -1, .hold_fd = -1, .error_fd = -1}};
    struct err err = {0};
    int exit_code;

    switch (record_options_read(&options, argc, argv, &err)) {
    case RECORD_SHOWED:
        return TALK_EXIT_DONE;
    case RECORD_ERROR:
        return talk_fail(&err);
    case RECORD_RUN:
        break;
    }
    session.recording = (struct recording){
        .target = &session.target, .trace = &session.trace, .max_seconds = options.max_seconds};
    session.recording.program = session.program = name_program(&options);
    if (output_check(options.output, options.force, &err) && open_sampler(&session, &err) &&
        open_target(&session, &err))
        exit_code = record(&session);
    else
        exit_code = talk_fail(&err);
    close_session(&session);
    return exit_code;
}
