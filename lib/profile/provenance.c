#include "profile/provenance.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/number.h"

#define TIME_FORMAT "%Y-%m-%dT%H:%M:%SZ"

static const char prefix[] = "#!pgo ";

void provenance_add_time(struct provenance *provenance, int64_t start_s, int64_t end_s)
{
    if (start_s <= 0)
        return;
    if (end_s < start_s)
        end_s = start_s;
    if (!provenance->start_s || start_s < provenance->start_s)
        provenance->start_s = start_s;
    if (end_s > provenance->end_s)
        provenance->end_s = end_s;
}

static bool is_build_id(const char *text)
{
    return *text && text[strspn(text, "0123456789abcdef")] == '\0';
}

static char *copy_name(struct provenance *provenance, const char *name)
{
    static const char deleted[] = " (deleted)";
    size_t len = strlen(name);

    if (len > strlen(deleted) && strcmp(name + len - strlen(deleted), deleted) == 0)
        len -= strlen(deleted);
    return arena_format(&provenance->arena, "%.*s", (int)len, name);
}

void provenance_add_binary(struct provenance *provenance, const char *build_id, const char *name)
{
    struct provenance_binary *items, binary;
    size_t at = 0;

    if (!is_build_id(build_id) || strchr(name, '\n'))
        return;
    binary.build_id = arena_strdup(&provenance->arena, build_id);
    binary.name = copy_name(provenance, name);
    while (at < provenance->binary_count && strcmp(provenance->binaries[at].build_id, build_id) < 0)
        at++;
    if (at < provenance->binary_count && strcmp(provenance->binaries[at].build_id, build_id) == 0) {
        if (strcmp(binary.name, provenance->binaries[at].name) < 0)
            provenance->binaries[at].name = binary.name;
        return;
    }
    *ARRAY_PUSH(provenance->binaries, provenance->binary_count, provenance->binary_capacity) =
        binary;
    items = provenance->binaries;
    memmove(items + at + 1, items + at, (provenance->binary_count - at - 1) * sizeof(*items));
    items[at] = binary;
}

void provenance_merge(struct provenance *provenance, const struct provenance *from)
{
    provenance->samples = saturating_add(provenance->samples, from->samples);
    provenance_add_time(provenance, from->start_s, from->end_s);
    for (size_t i = 0; i < from->binary_count; i++)
        provenance_add_binary(provenance, from->binaries[i].build_id, from->binaries[i].name);
}

void provenance_format_time(int64_t time_s, char text[PROVENANCE_TIME_BYTES])
{
    time_t seconds = (time_t)time_s;
    struct tm parts;

    if (!gmtime_r(&seconds, &parts) || !strftime(text, PROVENANCE_TIME_BYTES, TIME_FORMAT, &parts))
        text[0] = '\0';
}

bool provenance_is_known(const struct provenance *provenance)
{
    return provenance->samples || provenance->binary_count;
}

void provenance_describe(const struct provenance *provenance, struct strbuf *out)
{
    char start[PROVENANCE_TIME_BYTES], end[PROVENANCE_TIME_BYTES];

    if (!provenance->samples)
        return;
    strbuf_add_format(out, "%" PRIu64 " samples", provenance->samples);
    if (!provenance->start_s)
        return;
    provenance_format_time(provenance->start_s, start);
    provenance_format_time(provenance->end_s, end);
    strbuf_add_format(out, " from %s to %s", start, end);
}

void provenance_write(const struct provenance *provenance, struct strbuf *out)
{
    if (provenance->samples) {
        strbuf_add_format(out, "%srecorded ", prefix);
        provenance_describe(provenance, out);
        strbuf_add_char(out, '\n');
    }
    for (size_t i = 0; i < provenance->binary_count; i++)
        strbuf_add_format(out, "%sbinary %s %s\n", prefix, provenance->binaries[i].build_id,
                          provenance->binaries[i].name);
}

/* The text behind `start`, if the note starts with it. */
static const char *skip(const char *note, const char *start)
{
    size_t len = strlen(start);

    return strncmp(note, start, len) == 0 ? note + len : NULL;
}

/* The time at the start of the text, and what follows it; NULL: none. */
static const char *parse_time(const char *text, int64_t *time_s)
{
    struct tm parts = {0};
    const char *rest = strptime(text, TIME_FORMAT, &parts);

    if (rest)
        *time_s = (int64_t)timegm(&parts);
    return rest;
}

/* "N samples" or "N samples from START to END" */
static bool take_recorded(struct provenance *provenance, const char *text)
{
    char *number = mem_format("%.*s", (int)strcspn(text, " "), text);
    const char *rest = skip(text + strlen(number), " samples");
    int64_t start_s = 0, end_s = 0;
    uint64_t samples = 0;
    bool done = rest && number_parse_u64(number, &samples);

    if (done && *rest) {
        rest = skip(rest, " from ");
        rest = rest ? parse_time(rest, &start_s) : NULL;
        rest = rest ? skip(rest, " to ") : NULL;
        rest = rest ? parse_time(rest, &end_s) : NULL;
        done = rest && !*rest;
    }
    if (done) {
        provenance->samples = saturating_add(provenance->samples, samples);
        provenance_add_time(provenance, start_s, end_s);
    }
    free(number);
    return done;
}

static bool take_binary(struct provenance *provenance, const char *text)
{
    size_t before = provenance->binary_count;
    const char *space = strchr(text, ' ');
    char *build_id;

    if (!space || !space[1])
        return false;
    build_id = mem_format("%.*s", (int)(space - text), text);
    provenance_add_binary(provenance, build_id, space + 1);
    free(build_id);
    return provenance->binary_count > before;
}

bool provenance_take(struct provenance *provenance, const char *note)
{
    const char *rest;

    if ((rest = skip(note, "recorded ")))
        return take_recorded(provenance, rest);
    if ((rest = skip(note, "binary ")))
        return take_binary(provenance, rest);
    return false;
}

void provenance_read(struct provenance *provenance, const char *text)
{
    while (*text == '#') {
        size_t len = strcspn(text, "\r\n");
        char *line = mem_format("%.*s", (int)len, text);
        const char *note = skip(line, prefix);

        if (note && !provenance_take(provenance, note)) {
            /* for a newer version */
        }
        free(line);
        text += len;
        text += strspn(text, "\r\n");
    }
}

void provenance_release(struct provenance *provenance)
{
    free(provenance->binaries);
    arena_release(&provenance->arena);
    *provenance = (struct provenance){0};
}
