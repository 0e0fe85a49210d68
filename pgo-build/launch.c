#include "launch.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/process.h"

static bool is_cache_name(const char *name)
{
    return strcmp(name, "ccache") == 0 || strcmp(name, "sccache") == 0;
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

/* Takes a cache off the front; false if what follows is not a compiler's command line. */
static bool take_cache(struct launch *launch)
{
    const char *next = launch->argv[1];

    if (!next || next[0] == '-' || strchr(next, '='))
        return false;
    replace(&launch->cache, find_program(launch, launch->argv[0]));
    launch->cache_asked = true;
    launch->argc--;
    launch->argv++;
    return true;
}

/*
 * Takes launchers and caches off the front of the command line until the compiler's name stands
 * there: "pgo-launch ccache pgo-launch /usr/bin/clang -c x.c" is a compile by clang with ccache.
 */
static void strip(struct launch *launch)
{
    while (launch->argc > 0) {
        const char *name = our_name(launch, launch->argv[0]);

        if (name && strcmp(name, "pgo-launch") == 0) {
            launch->argc--;
            launch->argv++;
        } else if (!is_cache_name(path_base(launch->argv[0])) || !take_cache(launch)) {
            return;
        }
    }
}

/* A masquerading cache: /usr/lib/ccache/clang is ccache, which would find clang on PATH. */
static void unmask(struct launch *launch)
{
    char *real = launch->compiler ? path_real(launch->compiler) : NULL;
    const char *name = path_base(launch->argv[0]);
    const char *tool = session_tool(&launch->session, name);

    if (real && is_cache_name(path_base(real)) && !is_cache_name(name) && tool) {
        replace(&launch->cache, mem_strdup(real));
        replace(&launch->compiler, mem_strdup(tool));
        replace(&launch->asked, mem_strdup(name));
        launch->cache_asked = true;
    }
    free(real);
}

static void choose_cache(struct launch *launch)
{
    const char *ccache = session_tool(&launch->session, "ccache");
    char *masked = mem_format("%s%s", SESSION_MASKED, launch->asked);
    const char *mask = session_tool(&launch->session, masked);

    launch->cache_asked |= mask != NULL;
    if (!launch->cache && (mask || ccache))
        launch->cache = mem_strdup(mask ? mask : ccache);
    if (launch->cache && getenv("CCACHE_DISABLE") &&
        strcmp(path_base(launch->cache), "ccache") == 0)
        replace(&launch->cache, NULL);
    free(masked);
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
    free(launch->cache);
    *launch = (struct launch){0};
}
