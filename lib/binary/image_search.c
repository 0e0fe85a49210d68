#include "binary/image_search.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"

bool image_is_as_large(const struct image *image, const struct image_wanted *wanted)
{
    return image_is_code_extent(image, wanted->pgoff, wanted->len);
}

bool image_has_name(const char *path, const struct image_wanted *wanted)
{
    const char *name = path_base(path), *mapped = path_base(wanted->file);
    size_t len = strlen(name);

    return strncmp(name, mapped, len) == 0 &&
           (!mapped[len] || strcmp(mapped + len, " (deleted)") == 0);
}

/* Without the cost of an image where there is a build id. */
static bool may_be(const char *path, const struct image_wanted *wanted)
{
    char *build_id;
    bool is_it;

    if (!wanted->build_id[0])
        return true;
    build_id = image_read_build_id(path);
    is_it = strcmp(build_id, wanted->build_id) == 0;
    free(build_id);
    return is_it;
}

struct image *image_try(const char *path, const struct image_wanted *wanted)
{
    struct err ignored = {0}; /* a file that cannot be read is no candidate */
    struct image *image = may_be(path, wanted) ? image_open(path, &ignored) : NULL;

    if (!image || wanted->build_id[0] || image_is_as_large(image, wanted))
        return image;
    image_close(image);
    return NULL;
}

struct image *image_search(const struct image_wanted *wanted, const struct debug_places *places,
                           struct strbuf *tried)
{
    struct image *found = NULL;
    char *path = NULL;

    if (wanted->file[0] == '/') {
        strbuf_add_format(tried, "%s, ", wanted->file);
        found = image_try(wanted->file, wanted);
    }
    strbuf_add_format(tried, "./%s", path_base(wanted->file));
    if (!found)
        found = image_try(path_base(wanted->file), wanted);
    if (!found && wanted->build_id[0])
        path = debug_file_find_executable(wanted->build_id, places, tried);
    if (path)
        found = image_try(path, wanted);
    free(path);
    return found;
}

bool image_is_system(const char *mapped_file)
{
    static const char *const starts[] = {"/lib/",       "/lib32/",     "/lib64/", "/usr/lib/",
                                         "/usr/lib32/", "/usr/lib64/", "["};

    for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
        if (strncmp(mapped_file, starts[i], strlen(starts[i])) == 0)
            return true;
    /* the profiler in the program, wherever it was built */
    return strncmp(path_base(mapped_file), "libpgocollect", strlen("libpgocollect")) == 0;
}
