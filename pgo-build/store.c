#include "store.h"

#include <stdlib.h>

#include "base/content.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"
#include "cache.h"

char *store_put(const char *cache, const char *name, const struct strbuf *bytes, struct err *err)
{
    struct content_name content = content_name(bytes->data, bytes->len);
    char *folder = mem_format("%s/profiles/%s", cache, content.text);
    char *path = path_join(folder, name);

    if (!cache_touch(path) && (!file_make_folders(folder, err) ||
                               !file_write(path, bytes->data, bytes->len, FILE_REPLACE, err))) {
        free(path);
        path = NULL;
    }
    free(folder);
    return path;
}
