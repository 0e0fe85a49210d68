/* Any bytes as the texts that pgo-build reads: a profile, clang's messages, its own records. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../pgo-build/log.h"
#include "../../pgo-build/profile_text.h"
#include "../../pgo-build/session.h"
#include "base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The readers cut a text into pieces, so each gets its own copy. */
static char *copy_of(const uint8_t *data, size_t size)
{
    char *text = mem_alloc(size + 1);

    if (size)
        memcpy(text, data, size);
    return text;
}

static void read_profile(const uint8_t *data, size_t size)
{
    struct profile profile = {0};
    char *text = copy_of(data, size);

    if (profile_kind(text, size) == PROFILE_TEXT)
        profile_count_text(&profile, text);
    free(text);
}

static void read_messages(const uint8_t *data, size_t size)
{
    struct staleness staleness = {0};
    char *text = copy_of(data, size);

    for (char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
        staleness_take_line(&staleness, line);
    free(text);
}

static void read_records(const uint8_t *data, size_t size)
{
    struct session session = {0};
    struct log_entry entry;
    struct err err = {0};
    char *text = copy_of(data, size), *again = copy_of(data, size), *rest = again;

    if (!session_parse(&session, text, &err))
        err = (struct err){0};
    while (log_next(&rest, &entry)) {
    }
    session_release(&session);
    free(text);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_profile(data, size);
    read_messages(data, size);
    read_records(data, size);
    return 0;
}
