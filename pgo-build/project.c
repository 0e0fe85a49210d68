#include "project.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"

enum { MAX_DEPTH = 32, MAX_ENTRIES = 500000 };

static bool has_entry(const char *folder, const char *name)
{
    char *path = path_join(folder, name);
    bool has = file_exists(path);

    free(path);
    return has;
}

static char *find_root(const char *start, const char *home)
{
    char *folder = mem_strdup(start), *above;

    while (strcmp(folder, "/") != 0 && !(home && strcmp(folder, home) == 0)) {
        if (has_entry(folder, ".git"))
            return folder;
        above = path_folder(folder);
        free(folder);
        folder = above;
    }
    free(folder);
    return mem_strdup(start);
}

static bool is_left_out(const char *name)
{
    static const char *const names[] = {".", "..", ".git", ".hg", ".svn", "node_modules"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool is_build_folder(const char *folder)
{
    return has_entry(folder, "CMakeCache.txt") || has_entry(folder, "build.ninja");
}

static bool is_file(const char *path)
{
    struct stat status;

    return stat(path, &status) != 0 || !S_ISDIR(status.st_mode); /* a dangling link is told of */
}

static void walk(struct project *project, const char *folder, int depth, size_t *entries);

static void visit(struct project *project, const char *folder, const struct dirent *entry,
                  int depth, size_t *entries)
{
    char *path = path_join(folder, entry->d_name);
    struct stat status;
    bool is_folder =
        entry->d_type == DT_DIR ||
        (entry->d_type == DT_UNKNOWN && lstat(path, &status) == 0 && S_ISDIR(status.st_mode));

    if (is_folder && !is_left_out(entry->d_name) && !is_build_folder(path)) {
        walk(project, path, depth + 1, entries);
    } else if (!is_folder && strcmp(entry->d_name, "default.pgo") == 0 && is_file(path)) {
        *ARRAY_PUSH(project->profiles, project->count, project->capacity) = path;
        return;
    }
    free(path);
}

static void walk(struct project *project, const char *folder, int depth, size_t *entries)
{
    DIR *stream = depth < MAX_DEPTH ? opendir(folder) : NULL;
    const struct dirent *entry;

    project->cut_short |= depth >= MAX_DEPTH;
    while (stream && (entry = readdir(stream))) {
        if (++*entries > MAX_ENTRIES) {
            project->cut_short = true;
            break;
        }
        visit(project, folder, entry, depth, entries);
    }
    if (stream)
        closedir(stream);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void project_find(struct project *project, const char *start, const char *home)
{
    size_t entries = 0;

    project->start = path_absolute(start);
    project->root = find_root(project->start, home);
    walk(project, project->root, 0, &entries);
    if (project->count)
        qsort(project->profiles, project->count, sizeof(*project->profiles), compare);
}

void project_release(struct project *project)
{
    for (size_t i = 0; i < project->count; i++)
        free(project->profiles[i]);
    free(project->profiles);
    free(project->start);
    free(project->root);
    *project = (struct project){0};
}

static const char *profile_in(const struct project *project, const char *folder)
{
    char *path = path_join(folder, "default.pgo");
    const char *found = NULL;

    for (size_t i = 0; i < project->count && !found; i++)
        if (strcmp(project->profiles[i], path) == 0)
            found = project->profiles[i];
    free(path);
    return found;
}

const char *project_fallback(const struct project *project)
{
    const char *found = profile_in(project, project->start);

    if (!found)
        found = profile_in(project, project->root);
    return !found && project->count == 1 ? project->profiles[0] : found;
}
