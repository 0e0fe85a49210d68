#include "store.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/content.h"
#include "base/memory.h"
#include "base/path.h"
#include "cache.h"

/* In full length: a power cut may have left the start of it. */
static bool is_there(const char *path, size_t len)
{
    struct stat status;

    return stat(path, &status) == 0 && (size_t)status.st_size == len && cache_touch(path);
}

bool store_write(const char *path, const struct strbuf *bytes, enum file_overwrite how,
                 struct err *err)
{
    return is_there(path, bytes->len) || file_write(path, bytes->data, bytes->len, how, err);
}

char *store_put(const char *cache, const char *name, const struct strbuf *bytes,
                enum file_overwrite how, struct err *err)
{
    struct content_name content = content_name(bytes->data, bytes->len);
    char *folder = mem_format("%s/profiles/%s", cache, content.text);
    char *path = path_join(folder, name);

    if (!file_make_folders(folder, err) || !store_write(path, bytes, how, err)) {
        free(path);
        path = NULL;
    }
    free(folder);
    return path;
}
