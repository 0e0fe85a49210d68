#include "state.h"

#include <dirent.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/content.h"
#include "base/file.h"
#include "base/path.h"

#define MAX_LAUNCHER_BYTES ((size_t)256 * 1024 * 1024)

/* $HOME, else what the system has for this user; never a folder where others may write. */
static const char *home_folder(void)
{
    const char *home = getenv("HOME");
    const struct passwd *user;

    if (home && *home)
        return home;
    user = getpwuid(getuid());
    return user ? user->pw_dir : "/";
}

static char *cache_folder(void)
{
    const char *named = getenv("PGO_BUILD_CACHE"), *xdg = getenv("XDG_CACHE_HOME");
    char *relative, *absolute;

    if (named && *named)
        relative = mem_strdup(named);
    else if (xdg && *xdg)
        relative = mem_format("%s/pgo-build", xdg);
    else
        relative = mem_format("%s/.cache/pgo-build", home_folder());
    absolute = path_absolute(relative);
    free(relative);
    return absolute;
}

/* A folder that is there and that we may write. */
static bool make_writable(const char *folder, struct err *err)
{
    if (!file_make_folders(folder, err))
        return false;
    return access(folder, W_OK | X_OK) == 0 || err_errno(err, folder, "cannot write");
}

bool state_open(struct state *state, const char *root, struct err *err)
{
    struct content_name name = content_name(root, strlen(root));

    state->cache = cache_folder();
    state->folder = mem_format("%s/projects/%s", state->cache, name.text);
    state->bin = mem_format("%s/bin", state->folder);
    if (make_writable(state->folder, err) && make_writable(state->bin, err))
        return true;
    err_prepend(err, "the cache cannot be used: ");
    return err_hint(err, "name a folder that can be written: PGO_BUILD_CACHE=FOLDER pgo-build ...");
}

void state_release(struct state *state)
{
    free(state->cache);
    free(state->folder);
    free(state->bin);
    *state = (struct state){0};
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat first, second;

    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_ino == second.st_ino &&
           first.st_dev == second.st_dev;
}

/* bin/pgo-launch with the content of `launcher`; unchanged content keeps the file. */
static bool copy_launcher(const char *launcher, const char *copy, struct err *err)
{
    struct strbuf wanted = {0}, present = {0};
    struct err ignored = {0};
    bool done = file_read(launcher, MAX_LAUNCHER_BYTES, &wanted, err);
    bool same = done && file_exists(copy) &&
                file_read(copy, MAX_LAUNCHER_BYTES, &present, &ignored) &&
                present.len == wanted.len && memcmp(present.data, wanted.data, wanted.len) == 0;

    if (done && !same) {
        char *fresh = mem_format("%s.new", copy);

        done = file_write(fresh, wanted.data, wanted.len, FILE_REPLACE, err);
        if (done && (chmod(fresh, 0755) != 0 || rename(fresh, copy) != 0))
            done = err_errno(err, copy, "cannot write");
        free(fresh);
    }
    strbuf_release(&wanted);
    strbuf_release(&present);
    return done;
}

/* Gives the launcher one more name: a hard link, because /proc/self/exe then tells the name. */
static bool link_name(const char *bin, const char *copy, const char *name, struct err *err)
{
    char *path = path_join(bin, name), *fresh = mem_format("%s.new", path);
    bool done = is_same_file(path, copy);

    if (!done) {
        unlink(fresh);
        done = (link(copy, fresh) == 0 && rename(fresh, path) == 0) ||
               err_errno(err, path, "cannot link");
    }
    free(path);
    free(fresh);
    return done;
}

static void remove_others(const char *bin, const struct session *session)
{
    DIR *stream = opendir(bin);
    const struct dirent *entry;

    while (stream && (entry = readdir(stream)))
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, "pgo-launch") != 0 &&
            !session_tool(session, entry->d_name))
            unlinkat(dirfd(stream), entry->d_name, 0);
    if (stream)
        closedir(stream);
}

bool state_fill_bin(const struct state *state, const struct session *session, const char *launcher,
                    struct err *err)
{
    char *copy = path_join(state->bin, "pgo-launch");
    bool done = copy_launcher(launcher, copy, err);

    for (size_t i = 0; done && i < session->tool_count; i++)
        if (strncmp(session->tools[i].name, SESSION_MASKED, strlen(SESSION_MASKED)) != 0)
            done = link_name(state->bin, copy, session->tools[i].name, err);
    if (done && access(copy, X_OK) != 0) {
        err_errno(err, copy, "cannot be run");
        done = err_hint(err, "the cache is on a file system without programs (noexec)? name "
                             "another folder: PGO_BUILD_CACHE=FOLDER pgo-build ...");
    }
    if (done)
        remove_others(state->bin, session);
    free(copy);
    return done;
}
