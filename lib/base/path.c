#include "base/path.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

char *path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return mem_strdup(".");
    if (slash == path)
        return mem_strdup("/");
    return mem_format("%.*s", (int)(slash - path), path);
}

char *path_join(const char *folder, const char *name)
{
    if (name[0] == '/' || folder[0] == '\0' || strcmp(folder, ".") == 0)
        return mem_strdup(name);
    return mem_format("%s%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/", name);
}

/* Drops the last component of the `len` bytes at `path`, unless it is the root or "..". */
static bool drop_last(const char *path, size_t *len)
{
    size_t start = *len;

    while (start > 0 && path[start - 1] != '/')
        start--;
    if (*len == 0 || (*len - start == 2 && memcmp(path + start, "..", 2) == 0))
        return false;
    if (start == *len) /* "/..": the root is its own parent */
        return true;
    *len = start > 1 ? start - 1 : start;
    return true;
}

char *path_normalize(const char *path)
{
    char *out = mem_alloc(strlen(path) + 2);
    size_t len = 0;

    if (path[0] == '/')
        out[len++] = '/';
    while (*path) {
        size_t part = strcspn(path, "/");

        if (part == 2 && memcmp(path, "..", 2) == 0 && drop_last(out, &len)) {
            /* dropped */
        } else if (part && !(part == 1 && path[0] == '.')) {
            if (len && out[len - 1] != '/')
                out[len++] = '/';
            memcpy(out + len, path, part);
            len += part;
        }
        path += part;
        path += strspn(path, "/");
    }
    if (!len)
        out[len++] = '.';
    out[len] = '\0';
    return out;
}

char *path_absolute(const char *path)
{
    char folder[PATH_MAX];
    char *joined, *normal;

    if (path[0] == '/' || !getcwd(folder, sizeof(folder)))
        return path_normalize(path);
    joined = path_join(folder, path);
    normal = path_normalize(joined);
    free(joined);
    return normal;
}

char *path_real(const char *path)
{
    return realpath(path, NULL);
}

bool path_is_below(const char *path, const char *folder)
{
    size_t len = strlen(folder);

    if (strcmp(folder, "/") == 0)
        return path[0] == '/';
    return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}
