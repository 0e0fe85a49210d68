/*
 * pgo-launch: stands in the place of every compiler while pgo-build runs.
 *
 * read the call → read the command line → decide → run → note what the result was given
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arguments.h"
#include "base/path.h"
#include "base/talk.h"
#include "child.h"
#include "inject.h"
#include "launch.h"
#include "link_note.h"
#include "log.h"
#include "moved.h"
#include "objects.h"

/* Everything that is known of a compile before it runs. */
struct job {
    struct arguments arguments;
    struct compiler compiler;
    struct inject_decision decision;
    struct inject_flags flags;
    struct inject_choice choice;
    struct link_notes notes;    /* not in the key: no reason to build anything again */
    const char *profile_source; /* the user's file, if the profile goes in; else "" */
    char *source;               /* absolute; of the first one */
    bool probes;                /* the result has pseudo-probes */
    bool sliced;                /* the profile is a slice */
    bool cached;                /* by our choice */
};

/* Ends this process as the program does that takes its place. */
static int replace(char **argv)
{
    struct err err = {0};

    execv(argv[0], argv);
    err_errno(&err, argv[0], "cannot run");
    free(argv);
    talk_error(&err);
    return child_start_code(&err);
}

/* As if we were not there; what the user has put in front stays there. */
static int pass_through(const struct launch *launch)
{
    char **argv = mem_array(launch->front_count + (size_t)launch->argc + 2, sizeof(*argv));
    size_t count = 0;

    for (; count < launch->front_count; count++)
        argv[count] = launch->front[count];
    argv[count++] = launch->compiler;
    for (int i = 1; i < launch->argc; i++)
        argv[count++] = launch->argv[i];
    return replace(argv);
}

/* Run by a cache that could not be put behind us: whatever we add would not be in its key. */
static bool is_under_cache(void)
{
    char *link = mem_format("/proc/%d/exe", (int)getppid());
    char *parent = path_real(link);
    const char *name = parent ? path_base(parent) : "";
    bool under = strcmp(name, "ccache") == 0 || strcmp(name, "sccache") == 0;

    free(parent);
    free(link);
    return under;
}

static bool is_c99(const struct launch *launch, const char *name)
{
    return strcmp(launch->asked, name) == 0;
}

/* Absolute, and below the project's root if the file lies there by whatever links; free() it. */
static char *find_source(const struct launch *launch, const char *word)
{
    char *path = path_absolute(word), *folder = path_folder(path), *real = NULL;
    const char *root = launch->session.selection.root;

    if (!path_is_below(path, root))
        real = path_real(folder);
    free(folder);
    if (real && path_is_below(real, root)) {
        char *below = path_join(real, path_base(path));

        free(path);
        path = below;
    }
    free(real);
    return path;
}

/* Settles what the compile gets with this profile. */
static void give(const struct launch *launch, struct job *job,
                 const struct selection_profile *profile)
{
    job->decision.verdict = inject_settle(&job->decision, profile);
    job->probes = inject_probes(job->decision.shape, profile, &launch->session.selection);
    inject_spell(&job->flags, job->decision.shape, profile, &launch->session.selection,
                 &job->arguments.arena);
    if (job->flags.profile)
        job->profile_source = profile->source;
    job->sliced = job->flags.profile && profile == &job->choice.sliced;
}

static void prepare(struct launch *launch, struct job *job)
{
    struct err err = {0};
    char *folder = path_absolute(".");

    job->profile_source = "";
    arguments_read(&job->arguments, launch->argc, launch->argv);
    if (!compiler_ask(launch->compiler, launch->state, &job->compiler, &err))
        job->compiler = (struct compiler){.kind = COMPILER_UNKNOWN};
    job->decision = inject_decide(&job->arguments, &job->compiler, folder);
    if ((job->decision.shape & INJECT_TAKES_LINES) && !launch->cache_asked && is_under_cache())
        job->decision = (struct inject_decision){.verdict = INJECT_UNDER_CACHE};
    job->source =
        find_source(launch, job->arguments.source_count ? job->arguments.sources[0] : ".");
    selection_open(&launch->session.selection);
    inject_choose(job->decision.shape, job->source, &launch->session.selection, &job->choice,
                  &job->arguments.arena);
    give(launch, job, job->choice.given);
    if (job->decision.verdict != INJECT_OTHER && job->decision.verdict != INJECT_TRIAL)
        link_notes_find(&job->notes, &job->arguments, &job->compiler, &launch->session,
                        launch->state, job->flags.profile ? job->choice.given : NULL);
    job->cached = launch->cache && job->compiler.kind == COMPILER_CLANG &&
                  job->arguments.phase == ARGUMENTS_COMPILE;
    free(folder);
}

/* [launchers] compiler, the user's words, ours (before "--", which ends the options). */
static char **compose(const struct launch *launch, const struct job *job)
{
    char **argv = mem_array(launch->front_count + (size_t)launch->argc + job->flags.count +
                                2 * job->notes.count + 4,
                            sizeof(*argv));
    bool is_ours = job->compiler.kind == COMPILER_CLANG;
    size_t count = 0;

    for (; count < launch->front_count; count++)
        argv[count] = launch->front[count];
    if (job->cached)
        argv[count++] = launch->cache;
    argv[count++] = launch->compiler;
    if (is_ours && !job->arguments.standard && is_c99(launch, "c99"))
        argv[count++] = "-std=c99";
    if (is_ours && !job->arguments.standard && is_c99(launch, "c89"))
        argv[count++] = "-std=c89";
    for (int i = 1; i <= launch->argc; i++) {
        if (i == job->arguments.end_marker) {
            for (size_t k = 0; k < job->flags.count; k++)
                argv[count++] = (char *)job->flags.items[k];
            for (size_t k = 0; k < job->notes.count; k++) {
                argv[count++] = "-Xlinker"; /* whatever -x says of the inputs */
                argv[count++] = job->notes.paths[k];
            }
            if ((job->decision.shape & INJECT_TAKES_STALENESS) && !job->arguments.colour &&
                talk_wants_colour(STDERR_FILENO))
                argv[count++] = "-fcolor-diagnostics"; /* it sees a pipe, the user a terminal */
        }
        if (i < launch->argc)
            argv[count++] = launch->argv[i];
    }
    return argv;
}

/* Runs the compile with standard error through the filter. */
static bool run_filtered(char **argv, struct staleness *staleness, int *status, struct err *err)
{
    int fds[2];
    bool started;

    if (pipe2(fds, O_CLOEXEC) != 0)
        return err_errno(err, argv[0], "cannot create a pipe");
    started = child_start(argv[0], argv, fds[1], err);
    close(fds[1]);
    if (started) {
        staleness_filter(staleness, fds[0], STDERR_FILENO);
        *status = child_wait();
    }
    close(fds[0]);
    return started;
}

static bool run(char **argv, bool filtered, struct staleness *staleness, int *status,
                struct err *err)
{
    if (filtered)
        return run_filtered(argv, staleness, status, err);
    if (!child_start(argv[0], argv, -1, err))
        return false;
    *status = child_wait();
    return true;
}

static size_t output_count(const struct job *job)
{
    return job->arguments.phase == ARGUMENTS_COMPILE ? job->arguments.source_count : 1;
}

static struct content_name key_of(const struct launch *launch, const struct job *job)
{
    const char *named = objects_compiler(&launch->session, launch->asked);

    return inject_key(named ? named : launch->compiler, &job->flags);
}

/* What the next start is told of a result; the strings stay the caller's and the job's. */
static struct object describe(const struct launch *launch, const struct job *job,
                              const struct content_name *key, const char *output)
{
    return (struct object){.output = output,
                           .source = job->source, /* whose profile all of them got */
                           .asked = launch->asked,
                           .verdict = job->decision.verdict,
                           .shape = job->decision.shape,
                           .key = key->text};
}

static void note_beginning(const struct launch *launch, const struct job *job)
{
    struct content_name key = key_of(launch, job);

    for (size_t i = 0; i < output_count(job); i++) {
        char *output = arguments_output(&job->arguments, i);
        struct object object = describe(launch, job, &key, output);

        objects_begin(launch->state, &object);
        free(output);
    }
}

/* For the report, and for the next start. */
static void note(const struct launch *launch, const struct job *job,
                 const struct staleness *staleness, int exit_code)
{
    const char *cache = launch_cache(launch, job->cached), *far = launch_distributor(launch);
    struct content_name key = key_of(launch, job);
    struct log_entry entry = {.verdict = job->decision.verdict,
                              .exit_code = exit_code,
                              .compiler = launch->compiler,
                              .version = job->compiler.version,
                              .profile = job->profile_source,
                              .probes = job->probes,
                              .sliced = job->sliced,
                              .cache = far     ? path_base(far)
                                       : cache ? path_base(cache)
                                               : ""};

    for (size_t i = 0; i < job->arguments.source_count; i++) {
        char *source = find_source(launch, job->arguments.sources[i]);
        char *output = arguments_output(&job->arguments, i);
        struct object object = describe(launch, job, &key, output);

        object.staleness = i == 0 ? *staleness : (struct staleness){0};
        entry.source = source;
        entry.output = output;
        entry.staleness = object.staleness;
        log_append(launch->state, &entry);
        if (i < output_count(job) && exit_code == 0)
            objects_append(launch->state, &object);
        free(source);
        free(output);
    }
}

/* Notes functions that have moved here; false: there are none. */
static bool find_moved(const struct launch *launch, const struct job *job)
{
    const struct inject_choice *choice = &job->choice;
    const char *root = launch->session.selection.root;
    struct byteset names = {0};
    bool found;

    if (job->flags.profile && choice->given != choice->whole) {
        char *output = arguments_output(&job->arguments, 0);

        moved_find(output, choice->given->path, choice->whole->path,
                   job->decision.shape & INJECT_TAKES_G1, &names);
        free(output);
    }
    found = names.count > 0;
    if (found)
        moved_note(launch->state, choice->whole->source, slice_index_key(root, job->source),
                   &names);
    byteset_release(&names);
    return found;
}

/* Runs the compile as it is settled; false: it could not be started, and *code is what to end with.
 */
static bool run_settled(const struct launch *launch, const struct job *job,
                        struct staleness *staleness, int *status, int *code)
{
    bool filtered = (job->decision.shape & INJECT_TAKES_STALENESS) && job->profile_source[0];
    char **argv = compose(launch, job);
    struct err err = {0};
    bool started = run(argv, filtered, staleness, status, &err);

    free(argv);
    if (started)
        return true;
    talk_error(&err);
    *code = child_start_code(&err);
    return false;
}

/* A slice that lacks a function's record is of no use: once more, with the whole profile. */
static int compile(const struct launch *launch, struct job *job)
{
    struct staleness staleness = {0};
    int status = 0, code = 0;

    if (job->arguments.source_count == 0)
        return replace(compose(launch, job));
    note_beginning(launch, job);
    if (!run_settled(launch, job, &staleness, &status, &code))
        return code;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && find_moved(launch, job)) {
        staleness = (struct staleness){0};
        give(launch, job, job->choice.whole);
        if (!run_settled(launch, job, &staleness, &status, &code))
            return code;
    }
    note(launch, job, &staleness, WIFEXITED(status) ? WEXITSTATUS(status) : 255);
    return child_end_like(status);
}

/* ccache writes there what became of each compile, for the report. */
static void ask_for_stats(const struct launch *launch, const struct job *job)
{
    const char *cache = launch_cache(launch, job->cached);
    char *path;

    if (!cache || strcmp(path_base(cache), "ccache") != 0)
        return;
    path = mem_format("%s/ccache-stats", launch->state);
    setenv("CCACHE_STATSLOG", path, 0);
    free(path);
}

/*
 * The machines of distcc and icecream do not have the profile: the compile would fail there, and be
 * done again here. Also where ccache runs them (CCACHE_PREFIX).
 */
static void stay_here(const struct job *job)
{
    if (!job->flags.profile)
        return;
    setenv("DISTCC_HOSTS", "localhost", 1);
    setenv("ICECC", "no", 1);
}

/* Something to build, and no trial of the build system. */
static bool is_ours(const struct job *job)
{
    return job->decision.verdict != INJECT_TRIAL && job->decision.verdict != INJECT_OTHER;
}

static void job_release(struct job *job)
{
    arguments_release(&job->arguments);
    link_notes_release(&job->notes);
    free(job->source);
}

int main(int argc, char **argv)
{
    struct launch launch = {0};
    struct job job = {0};
    struct err err = {0};
    int code;

    talk_start("pgo-launch");
    if (!launch_read(&launch, argc, argv, &err)) {
        talk_error(&err);
        code = err.kind == ERR_NOT_FOUND ? CHILD_NOT_FOUND : CHILD_FAILED;
    } else if (!launch.live) {
        code = pass_through(&launch);
    } else {
        prepare(&launch, &job);
        ask_for_stats(&launch, &job);
        stay_here(&job);
        code = is_ours(&job) ? compile(&launch, &job) : pass_through(&launch);
    }
    job_release(&job);
    launch_release(&launch);
    return code;
}
