#include "launch.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/process.h"
#include "compiler.h"

static bool is_cache_name(const char *name)
{
    return strcmp(name, "ccache") == 0 || strcmp(name, "sccache") == 0;
}

static bool is_distributor_name(const char *name)
{
    return strcmp(name, "distcc") == 0 || strcmp(name, "icecc") == 0;
}

static bool is_launcher_name(const char *name)
{
    return is_cache_name(name) || is_distributor_name(name) || strcmp(name, "pgo-launch") == 0;
}

static void replace(char **text, char *with)
{
    free(*text);
    *text = with;
}

/* Our own path. A launcher that was replaced while it runs has " (deleted)" behind its name. */
static char *find_self(void)
{
    static const char deleted[] = " (deleted)";
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

    if (len <= 0)
        return NULL;
    if ((size_t)len > strlen(deleted) &&
        memcmp(path + len - strlen(deleted), deleted, strlen(deleted)) == 0)
        len -= (ssize_t)strlen(deleted);
    path[len] = '\0';
    return mem_strdup(path);
}

static bool is_in(const char *folder, const char *word)
{
    size_t len = strlen(folder);

    return strncmp(word, folder, len) == 0 && word[len] == '/';
}

/* Is the word one of the names in our folder? Then that name, else NULL. */
static const char *our_name(const struct launch *launch, const char *word)
{
    if (!strchr(word, '/'))
        return word;
    return is_in(launch->bin, word) || is_in(launch->home, word) ? path_base(word) : NULL;
}

/* Caches must run the real compiler and not find us again: our folder leaves PATH. */
static void leave_path(const struct launch *launch)
{
    const char *path = getenv("PATH");
    struct strbuf rest = {0};

    while (path && *path) {
        size_t len = strcspn(path, ":");

        if (len != strlen(launch->bin) || strncmp(path, launch->bin, len) != 0) {
            if (rest.len)
                strbuf_add_char(&rest, ':');
            strbuf_add(&rest, len ? path : ".", len ? len : 1);
        }
        path += len + (path[len] == ':');
    }
    if (rest.data)
        setenv("PATH", rest.data, 1);
    strbuf_release(&rest);
}

/* The program behind a word: the session knows the names in bin/, PATH the others. */
static char *find_program(const struct launch *launch, const char *word)
{
    const char *name = our_name(launch, word);
    const char *path = name ? session_tool(&launch->session, name) : word;

    return path ? mem_strdup(path) : process_find(name, NULL, launch->bin);
}

static bool ccache_is_off(const char *program)
{
    return getenv("CCACHE_DISABLE") && strcmp(path_base(program), "ccache") == 0;
}

/* Puts a program that the user runs the compiler through into its place; takes `program`. */
static void add_front(struct launch *launch, char *program)
{
    launch->cache_asked |= is_cache_name(path_base(program));
    if (ccache_is_off(program))
        free(program);
    else
        *ARRAY_PUSH(launch->front, launch->front_count, launch->front_capacity) = program;
}

/*
 * Does the command line start with a program that runs the compiler behind it? One that we know,
 * before anything but its own options; or any other, before a compiler or one that we know.
 */
static bool starts_with_launcher(char **argv)
{
    const char *name = path_base(argv[0]), *next = argv[1] ? path_base(argv[1]) : "-";

    if (is_launcher_name(name))
        return next[0] != '-' && !strchr(argv[1], '=');
    return !compiler_is_name(name) && (compiler_is_name(next) || is_launcher_name(next));
}

/*
 * Takes launchers and caches off the front of the command line until the compiler's name stands
 * there: "pgo-launch ccache pgo-launch /usr/bin/clang -c x.c" is a compile by clang with ccache.
 */
static void strip(struct launch *launch)
{
    while (launch->argc > 0) {
        const char *name = our_name(launch, launch->argv[0]);

        if (!name || strcmp(name, "pgo-launch") != 0) {
            char *program;

            if (!starts_with_launcher(launch->argv))
                return;
            program = find_program(launch, launch->argv[0]);
            if (!program)
                return;
            add_front(launch, program);
        }
        launch->argc--;
        launch->argv++;
    }
}

/*
 * A launcher by a compiler's name: /usr/lib/ccache/clang is ccache, and /usr/lib/distcc/clang is
 * distcc, which would find clang on PATH.
 */
static void unmask(struct launch *launch)
{
    char *real = launch->compiler ? path_real(launch->compiler) : NULL;
    const char *name = path_base(launch->argv[0]), *masking = real ? path_base(real) : "";
    const char *tool = session_tool(&launch->session, name);

    if (is_launcher_name(masking) && !is_launcher_name(name) && tool) {
        add_front(launch, mem_strdup(real));
        replace(&launch->compiler, mem_strdup(tool));
        replace(&launch->asked, mem_strdup(name));
    }
    free(real);
}

/* What masks the compiler on PATH goes in front, as the user has it; else ccache, by our choice. */
static void choose_cache(struct launch *launch)
{
    const char *ccache = session_tool(&launch->session, "ccache");
    char *masked = mem_format("%s%s", SESSION_MASKED, launch->asked);
    const char *mask = session_tool(&launch->session, masked);

    if (mask && !launch->front_count)
        add_front(launch, mem_strdup(mask));
    if (ccache && !launch->front_count && !ccache_is_off(ccache))
        launch->cache = mem_strdup(ccache);
    free(masked);
}

const char *launch_cache(const struct launch *launch, bool ours)
{
    for (size_t i = 0; i < launch->front_count; i++)
        if (is_cache_name(path_base(launch->front[i])))
            return launch->front[i];
    return ours ? launch->cache : NULL;
}

const char *launch_distributor(const struct launch *launch)
{
    for (size_t i = 0; i < launch->front_count; i++)
        if (is_distributor_name(path_base(launch->front[i])))
            return launch->front[i];
    return NULL;
}

/* The session to serve; none: we are to pass through. */
static void find_session(struct launch *launch)
{
    const char *other = getenv(SESSION_VARIABLE);
    struct err ignored = {0};

    launch->bin = mem_strdup(launch->home);
    launch->state = path_folder(launch->home);
    if (!session_is_live(launch->state) && other && session_is_live(other)) {
        replace(&launch->bin, path_join(other, "bin"));
        replace(&launch->state, mem_strdup(other));
    }
    launch->live =
        session_is_live(launch->state) && session_read(&launch->session, launch->state, &ignored);
}

bool launch_read(struct launch *launch, int argc, char **argv, struct err *err)
{
    const char *name;

    launch->self = find_self();
    if (!launch->self)
        return err_errno(err, "/proc/self/exe", "cannot read");
    launch->home = path_folder(launch->self);
    find_session(launch);
    launch->argc = argc;
    launch->argv = argv;
    argv[0] = launch->self;
    strip(launch);
    if (launch->argc == 0)
        return err_set(err, ERR_USAGE, "no compiler is named");
    leave_path(launch);
    launch->compiler = find_program(launch, launch->argv[0]);
    name = our_name(launch, launch->argv[0]);
    launch->asked = name ? mem_strdup(name) : path_absolute(launch->argv[0]);
    unmask(launch);
    if (!launch->compiler)
        return err_set(err, ERR_NOT_FOUND, "%s: not found on PATH", launch->asked);
    choose_cache(launch);
    return true;
}

void launch_release(struct launch *launch)
{
    session_release(&launch->session);
    free(launch->self);
    free(launch->home);
    free(launch->bin);
    free(launch->state);
    free(launch->asked);
    free(launch->compiler);
    for (size_t i = 0; i < launch->front_count; i++)
        free(launch->front[i]);
    free(launch->front);
    free(launch->cache);
    *launch = (struct launch){0};
}
