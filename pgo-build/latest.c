#include "latest.h"

#include <stdlib.h>
#include <string.h>

#include "base/content.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"

enum { MAX_PATH_BYTES = 1 << 20 };

static char *place_of(const char *state, const char *source)
{
    return mem_format("%s/refresh/%s", state, content_name(source, strlen(source)).text);
}

char *latest_find(const char *state, const char *source)
{
    char *place = state ? place_of(state, source) : NULL, *latest = NULL;
    struct strbuf text = {0};
    struct err ignored = {0};

    if (place && file_exists(place) && file_read(place, MAX_PATH_BYTES, &text, &ignored) &&
        file_exists(strbuf_text(&text)))
        latest = mem_strdup(text.data);
    strbuf_release(&text);
    free(place);
    return latest;
}

bool latest_note(const char *state, const char *source, const char *text, struct err *err)
{
    char *place = place_of(state, source), *folder = path_folder(place);
    bool done =
        file_make_folders(folder, err) && file_write(place, text, strlen(text), FILE_REPLACE, err);

    free(place);
    free(folder);
    return done;
}
