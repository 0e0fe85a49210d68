#include "walk.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/path.h"

enum { MAX_DEPTH = 32, MAX_ENTRIES = 500000 };

static bool is_left_out(const char *name)
{
    static const char *const names[] = {".", "..", ".git", ".hg", ".svn", "node_modules"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool is_folder(const struct dirent *entry, const char *path)
{
    struct stat status;

    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* A folder with its own .git is another project: a submodule, or a clone in a build folder. */
static bool is_project(const char *folder)
{
    char *git = path_join(folder, ".git");
    bool is = access(git, F_OK) == 0;

    free(git);
    return is;
}

static void enter(struct walk *walk, const char *folder, int depth)
{
    DIR *stream = depth < MAX_DEPTH ? opendir(folder) : NULL;
    const struct dirent *entry;

    while (stream && (entry = readdir(stream)) && walk->entries++ < MAX_ENTRIES) {
        char *path = path_join(folder, entry->d_name);

        if (!is_folder(entry, path))
            walk->visit(walk->context, path);
        else if (!is_left_out(entry->d_name) && !is_project(path) &&
                 (!walk->enters || walk->enters(walk->context, path)))
            enter(walk, path, depth + 1);
        free(path);
    }
    if (stream)
        closedir(stream);
}

void walk_folder(struct walk *walk, const char *folder)
{
    enter(walk, folder, 0);
}
