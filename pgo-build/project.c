#include "project.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"
#include "walk.h"

static bool has_entry(const char *folder, const char *name)
{
    char *path = path_join(folder, name);
    bool has = file_exists(path);

    free(path);
    return has;
}

static char *find_root(const char *start, const char *home)
{
    char *folder = mem_strdup(start), *above, *real_home = home ? path_real(home) : NULL;
    bool found = false;

    while (strcmp(folder, "/") != 0 && !(real_home && strcmp(folder, real_home) == 0)) {
        found = has_entry(folder, ".git");
        if (found)
            break;
        above = path_folder(folder);
        free(folder);
        folder = above;
    }
    free(real_home);
    if (found)
        return folder;
    free(folder);
    return mem_strdup(start);
}

static bool is_no_build_folder(void *context, const char *folder)
{
    (void)context;
    return !has_entry(folder, "CMakeCache.txt") && !has_entry(folder, "build.ninja");
}

static void take_profile(void *context, const char *path)
{
    struct project *project = context;
    struct stat status;

    if (strcmp(path_base(path), "default.pgo") != 0 ||
        (stat(path, &status) == 0 && !S_ISREG(status.st_mode))) /* a dangling link is told of */
        return;
    *ARRAY_PUSH(project->profiles, project->count, project->capacity) = mem_strdup(path);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void project_find(struct project *project, const char *start, const char *home)
{
    struct walk walk = {.context = project, .enters = is_no_build_folder, .visit = take_profile};

    project->start = path_absolute(start);
    project->root = find_root(project->start, home);
    walk_folder(&walk, project->root);
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
