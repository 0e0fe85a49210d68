#include "build.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "base/process.h"
#include "base/progress.h"
#include "cache.h"
#include "cmake.h"
#include "note.h"
#include "slices.h"

char *build_find_own(const char *name)
{
    char *self = path_real("/proc/self/exe"), *folder = path_folder(self ? self : ".");
    char *beside = path_join(folder, name), *libexec = mem_format("%s/../libexec/%s", folder, name);
    char *found = process_find(beside, NULL, NULL);

    if (!found)
        found = process_find(libexec, NULL, NULL);
    if (!found)
        found = process_find(name, NULL, NULL);
    free(self);
    free(folder);
    free(beside);
    free(libexec);
    return found;
}

const char *build_shorten(const struct build *build, const char *path)
{
    size_t len = strlen(build->project.start);

    if (!path_is_below(path, build->project.start) || strcmp(path, build->project.start) == 0)
        return path;
    return path + len + (path[len] == '/');
}

static bool require_clang(struct build *build, struct err *err)
{
    if (build->toolchain.cc)
        return compiler_ask(build->toolchain.cc, build->state.folder, &build->clang, err);
    if (build->options.mode == PGO_OFF || environment_names_compiler(build->options.command))
        return true;
    err_set(err, ERR_NOT_FOUND, "no clang was found on PATH, and no other compiler is named");
    return err_hint(err, "apt-get install clang-19, or: pgo-build make CC=/path/to/clang, or "
                         "-pgo=off");
}

/* The kernel's coarse clock is the one that modification times are taken from. */
static uint64_t file_clock_ns(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

bool build_look_around(struct build *build, struct err *err)
{
    build->start_ns = file_clock_ns();
    progress_start("looking for default.pgo");
    project_find(&build->project, ".", getenv("HOME"));
    progress_end();
    build->scope = cmake_scope(build->options.command);
    if (!state_open(&build->state, build->project.root, err))
        return false;
    build->cache_lock = cache_lock(build->state.cache, err);
    if (build->cache_lock < 0)
        return false;
    toolchain_find(&build->toolchain, getenv("PATH"), build->state.bin);
    return require_clang(build, err);
}

/* A link to a profile is that profile: its samples count once. */
static bool is_same_file(const char *one, const char *other)
{
    struct stat first, second;

    return strcmp(one, other) == 0 ||
           (stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev &&
            first.st_ino == second.st_ino);
}

static bool keep_note(const struct build *build, struct profile *profile, struct err *err)
{
    if (profile->path)
        profile->note = note_keep(profile, build->project.root, build->state.cache, err);
    return !profile->path || profile->note;
}

/* The prepared profile for a file; each file is prepared once. NULL on failure. */
static const struct profile *prepare(struct build *build, const char *source, struct err *err)
{
    char *converter = build_find_own("pgo-convert");
    struct profile_tools tools = {
        .cache = build->state.cache,
        .root = build->project.root,
        .state = build->options.slices == SLICES_OFF ? NULL : build->state.folder,
        .profdata = build->toolchain.profdata,
        .convert = converter,
        .verbose = build->options.verbose};
    struct profile *profile = NULL;

    for (size_t i = 0; i < build->profile_count && !profile; i++)
        if (is_same_file(build->profiles[i]->source, source))
            profile = build->profiles[i];
    if (!profile) {
        profile = mem_alloc(sizeof(*profile));
        *ARRAY_PUSH(build->profiles, build->profile_count, build->profile_capacity) = profile;
        progress_start("reading %s", build_shorten(build, source));
        if (!profile_prepare(profile, source, &tools, err) || !keep_note(build, profile, err))
            profile = NULL;
        progress_end();
    }
    free(converter);
    return profile;
}

static struct selection_profile selected(const struct profile *profile)
{
    return (struct selection_profile){.source = profile->source,
                                      .path = profile->path,
                                      .by_probe = profile->by_probe,
                                      .note = profile->note};
}

static bool prepare_fallback(struct build *build, const char *source, struct err *err)
{
    const struct profile *profile = prepare(build, source, err);

    if (!profile)
        return false;
    build->session.selection.fallback = selected(profile);
    return true;
}

static bool prepare_named(struct build *build, struct err *err)
{
    char *file = path_absolute(build->options.file);
    bool done = prepare_fallback(build, file, err);

    if (!done && err->kind == ERR_NOT_FOUND && !err->hint[0])
        err_hint(err, "-pgo takes auto, off or the name of a profile");
    free(file);
    return done;
}

/* A rule for each default.pgo of the project, and the fallback. */
static bool prepare_found(struct build *build, struct err *err)
{
    struct selection *selection = &build->session.selection;
    const char *fallback = project_fallback(&build->project);

    for (size_t i = 0; i < build->project.count; i++) {
        const struct profile *profile = prepare(build, build->project.profiles[i], err);
        char *folder;

        if (!profile) {
            if (!err->hint[0])
                err_hint(err,
                         "record it again: pgo-collect record -f -o %s -- PROGRAM; or build "
                         "without it: pgo-build -pgo=off ...",
                         build_shorten(build, build->project.profiles[i]));
            return false;
        }
        folder = path_folder(build->project.profiles[i]);
        *ARRAY_PUSH(selection->rules, selection->count, selection->capacity) =
            (struct selection_rule){arena_strdup(&build->session.arena, folder), selected(profile)};
        free(folder);
    }
    return !fallback || prepare_fallback(build, fallback, err);
}

/* A profile by probe cannot be used without them. */
static bool check_probes(const struct build *build, struct err *err)
{
    for (size_t i = 0; i < build->profile_count; i++) {
        const struct profile *profile = build->profiles[i];

        if (build->options.probes != PROBES_OFF || !profile->path || !profile->by_probe)
            continue;
        err_set(err, ERR_UNSUPPORTED, "%s: is by pseudo-probe, and -probes=off compiles without",
                build_shorten(build, profile->source));
        return err_hint(err,
                        "leave -probes=off out, or record a profile of what pgo-build -pgo=off "
                        "-probes=off builds");
    }
    return true;
}

/* The indexes of the profiles' slices. */
static bool prepare_slices(struct build *build, struct err *err)
{
    struct selection *selection = &build->session.selection;
    const struct slices_place place = {build->state.cache, build->state.folder,
                                       build->project.root};

    for (size_t i = 0; i < build->profile_count; i++) {
        const struct profile *profile = build->profiles[i];
        char *path;

        if (!profile->text || selection->slices == SLICES_OFF)
            continue;
        progress_start("slicing %s", build_shorten(build, profile->source));
        path = slices_make(profile, &place, err);
        progress_end();
        if (!path)
            return err_prepend(err, "%s: ", build_shorten(build, profile->source));
        *ARRAY_PUSH(selection->indexes, selection->index_count, selection->index_capacity) =
            (struct slice_index){.profile = profile->source,
                                 .path = arena_strdup(&build->session.arena, path)};
        free(path);
    }
    selection_open(selection);
    return true;
}

bool build_prepare_profiles(struct build *build, struct err *err)
{
    struct selection *selection = &build->session.selection;

    selection->root = build->project.root;
    selection->probes = build->options.probes;
    selection->slices = build->options.slices;
    if (build->options.mode == PGO_OFF)
        return true;
    if (build->options.mode == PGO_FILE ? !prepare_named(build, err) : !prepare_found(build, err))
        return false;
    return check_probes(build, err) && prepare_slices(build, err);
}

static bool fill_bin(struct build *build, struct err *err)
{
    char *launcher = build_find_own("pgo-launch");
    bool done;

    if (!launcher) {
        err_set(err, ERR_NOT_FOUND, "pgo-launch was not found");
        return err_hint(err, "install it beside pgo-build, or in ../libexec");
    }
    done = state_fill_bin(&build->state, &build->session, launcher, err);
    free(launcher);
    return done;
}

/* Alone: the session is ours to write, and the logs begin anew. */
static bool start_session(struct build *build, const char *path, const struct strbuf *text,
                          struct err *err)
{
    static const char *const logs[] = {"log", "ccache-stats"};

    for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
        char *log = path_join(build->state.folder, logs[i]);

        unlink(log);
        free(log);
    }
    return fill_bin(build, err) && file_write(path, text->data, text->len, FILE_REPLACE, err);
}

/* Others run here: good if they run with what we would write. */
static bool join_session(struct build *build, struct err *err)
{
    if (session_join(&build->session, build->state.folder))
        return true;
    err_set(err, ERR_MISMATCH, "another pgo-build is running here with other settings");
    return err_hint(err, "wait for it to end, or start in its folder with the same -pgo, -probes, "
                         "-slices, PATH and default.pgo");
}

static size_t size_of(const struct build *build, const char *name)
{
    char *path = path_join(build->state.folder, name);
    struct stat status;
    size_t size = stat(path, &status) == 0 ? (size_t)status.st_size : 0;

    free(path);
    return size;
}

bool build_open_session(struct build *build, struct err *err)
{
    char *path = path_join(build->state.folder, "session");
    enum session_lock_kind kind = SESSION_ALONE;
    struct strbuf text = {0};
    bool done = true;

    toolchain_list(&build->toolchain, &build->session);
    environment_plan(&build->environment, &build->state, &build->toolchain,
                     cmake_configures(build->options.command));
    session_format(&build->session, &text);
    if (!build->options.dry_run) {
        build->lock = session_lock(build->state.folder, &kind, err);
        build->joins = kind == SESSION_SHARED;
        done = build->lock >= 0 &&
               (build->joins ? join_session(build, err) : start_session(build, path, &text, err));
    }
    build->log_start = size_of(build, "log");
    build->stats_start = size_of(build, "ccache-stats");
    strbuf_release(&text);
    free(path);
    return done;
}

/*
 * Who joins leaves the results alone: the first has set them to be rebuilt by the same session,
 * and its launchers write them, and lines about them, at this moment.
 */
bool build_expire(struct build *build, struct err *err)
{
    bool done;

    if (cmake_builds_tree(build->options.command, build->scope) &&
        !cmake_adopt(build, build->scope, err))
        return false;
    progress_start("looking at what was built before");
    if (build->options.dry_run || build->joins)
        done = objects_count(build->state.folder, &build->session, build->scope, build->start_ns,
                             &build->objects, err);
    else
        done = objects_refresh(build->state.folder, &build->session, &build->objects, err) &&
               session_share(build->lock, build->state.folder, err);
    progress_end();
    return done;
}

void build_release(struct build *build)
{
    for (size_t i = 0; i < build->profile_count; i++) {
        profile_release(build->profiles[i]);
        free(build->profiles[i]);
    }
    free(build->profiles);
    session_release(&build->session);
    environment_release(&build->environment);
    toolchain_release(&build->toolchain);
    state_release(&build->state);
    project_release(&build->project);
    free(build->scope);
    if (build->cache_lock >= 0)
        close(build->cache_lock);
    if (build->lock >= 0)
        close(build->lock);
}
