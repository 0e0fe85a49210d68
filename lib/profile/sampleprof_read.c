#include "profile/sampleprof_read.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"

/*
 * A line, after as many spaces as its depth of inlining:
 *
 *   name:total:head                                 depth 0: a function
 *   line_off[.discriminator]: count [target:count]...
 *   line_off[.discriminator]: callee:total          the lines of the callee follow, one deeper
 *   line_off[.discriminator]: <vtables> ...         passed over
 *   !CFGChecksum: checksum                          of the function whose lines stand at this depth
 *   !...                                            passed over
 *   # ...                                           a comment; ours start with #!pgo
 *   #!pgo| ...                                      to us what follows
 */

#define MAX_DEPTH         255    /* of inlining; clang's own bound is far below */
#define MAX_LINE_OFF      0xffff /* larger ones wrap around in LLVM */
#define MAX_DISCRIMINATOR 0xfff  /* of a base discriminator, in DWARF's encoding */

struct reader {
    const char *next, *end;
    size_t number;      /* of the line, from 1 */
    struct strbuf line; /* without its end; taken apart in place */
    struct sampleprof *tree;
    struct sampleprof_function *stack[MAX_DEPTH]; /* stack[d] has its lines at depth d + 1 */
    size_t depth;                                 /* of the stack */
    struct strbuf owner;                          /* unit of the static function that follows */
    struct sampleprof_unit *unit;                 /* of the compile-unit map */
    size_t function_count, checksum_count;        /* records, and those with a checksum */
};

static bool wrong(const struct reader *reader, struct err *err, const char *found,
                  const char *expected)
{
    return err_set(err, ERR_FORMAT, "line %zu: found '%.100s', expected %s", reader->number, found,
                   expected);
}

static bool next_line(struct reader *reader)
{
    const char *newline;
    size_t len;

    if (reader->next >= reader->end)
        return false;
    newline = memchr(reader->next, '\n', (size_t)(reader->end - reader->next));
    len = (size_t)((newline ? newline : reader->end) - reader->next);
    strbuf_reset(&reader->line);
    strbuf_add(&reader->line, reader->next, len);
    while (reader->line.len && reader->line.data[reader->line.len - 1] == '\r')
        reader->line.data[--reader->line.len] = '\0';
    reader->next += len + 1;
    reader->number++;
    return true;
}

/* Cuts ":NUMBER" off the end of the text. */
static bool cut_number(char *text, uint64_t *number)
{
    char *colon = strrchr(text, ':');

    if (!colon || !number_parse_u64(colon + 1, number))
        return false;
    *colon = '\0';
    return true;
}

static bool check_name(const struct reader *reader, const char *name, struct err *err)
{
    if (sampleprof_is_name(name))
        return true;
    if (name[0] >= '0' && name[0] <= '9') {
        err_set(err, ERR_UNSUPPORTED, "line %zu: found '%.100s', expected a function's name",
                reader->number, name);
        return err_hint(err, "names that were replaced by hashes cannot be matched with a binary; "
                             "write the profile without --use-md5");
    }
    return wrong(reader, err, name, "a function's name");
}

static bool read_function(struct reader *reader, char *line, struct err *err)
{
    struct sampleprof_function *function;
    uint64_t total, head;

    if (line[0] == '[') {
        err_set(err, ERR_UNSUPPORTED, "line %zu: a context-sensitive profile", reader->number);
        return err_hint(err, "make a nested one of it: llvm-profdata merge --sample --text "
                             "--convert-sample-profile-layout=nest FILE -o OUT");
    }
    if (!cut_number(line, &head) || !cut_number(line, &total))
        return wrong(reader, err, line, "NAME:TOTAL:HEAD");
    if (!check_name(reader, line, err))
        return false;
    function = sampleprof_add_function(reader->tree, line, strbuf_text(&reader->owner),
                                       reader->owner.len > 0);
    strbuf_reset(&reader->owner);
    function->head = saturating_add(function->head, head);
    reader->stack[0] = function;
    reader->depth = 1;
    reader->function_count++;
    return true;
}

static bool read_site(const struct reader *reader, char *text, struct sampleprof_site *site,
                      struct err *err)
{
    char *dot = strchr(text, '.');
    uint64_t line_off, discriminator = 0;

    if (dot)
        *dot = '\0';
    if (!number_parse_u64(text, &line_off) || line_off > MAX_LINE_OFF ||
        (dot && !number_parse_u64(dot + 1, &discriminator)))
        return wrong(reader, err, text, "a line offset of 0 to 65535[.DISCRIMINATOR]");
    if (discriminator > MAX_DISCRIMINATOR) {
        err_set(err, ERR_UNSUPPORTED, "line %zu: discriminator %" PRIu64 ", expected 0 to %u",
                reader->number, discriminator, MAX_DISCRIMINATOR);
        return err_hint(err, "profiles of flow-sensitive AutoFDO (-enable-fs-discriminator) are "
                             "not supported: record without it");
    }
    *site = (struct sampleprof_site){(uint16_t)line_off, (uint16_t)discriminator};
    return true;
}

/* The ':' of the first NAME:COUNT; a name may hold spaces and colons. NULL if there is none. */
static char *find_count(char *text)
{
    for (char *colon = strchr(text, ':'); colon; colon = strchr(colon + 1, ':')) {
        size_t digits = strspn(colon + 1, "0123456789");

        if (digits && (colon[1 + digits] == ' ' || colon[1 + digits] == '\0'))
            return colon;
    }
    return NULL;
}

static bool read_targets(struct reader *reader, char *text, struct sampleprof_line *line,
                         struct err *err)
{
    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        char *colon = find_count(text), *end;
        uint64_t count;

        if (!colon)
            return wrong(reader, err, text, "TARGET:COUNT");
        *colon = '\0';
        end = colon + 1 + strcspn(colon + 1, " ");
        if (*end)
            *end++ = '\0';
        if (!number_parse_u64(colon + 1, &count))
            return wrong(reader, err, colon + 1, "a count");
        if (!check_name(reader, text, err))
            return false;
        sampleprof_add_target(reader->tree, line, text, count);
        text = end;
    }
    return true;
}

static bool read_body(struct reader *reader, struct sampleprof_site site, char *text,
                      struct err *err)
{
    struct sampleprof_function *function = reader->stack[reader->depth - 1];
    char *end = text + strspn(text, "0123456789");
    struct sampleprof_line *line;
    bool has_targets = *end == ' ';
    uint64_t count;

    if (has_targets)
        *end++ = '\0';
    if (!number_parse_u64(text, &count))
        return wrong(reader, err, text, "a count");
    line = sampleprof_add_line(reader->tree, function, site);
    line->count = saturating_add(line->count, count);
    return !has_targets || read_targets(reader, end, line, err);
}

static bool read_callee(struct reader *reader, struct sampleprof_site site, char *text,
                        struct err *err)
{
    struct sampleprof_function *caller = reader->stack[reader->depth - 1];
    uint64_t total;

    if (!cut_number(text, &total))
        return wrong(reader, err, text, "CALLEE:TOTAL");
    if (!check_name(reader, text, err))
        return false;
    if (reader->depth == MAX_DEPTH)
        return err_set(err, ERR_LIMIT, "line %zu: inlined deeper than %d", reader->number,
                       MAX_DEPTH);
    reader->stack[reader->depth++] = sampleprof_add_callee(reader->tree, caller, site, text);
    return true;
}

static bool read_checksum(struct reader *reader, const char *text, struct err *err)
{
    struct sampleprof_function *function = reader->stack[reader->depth - 1];
    uint64_t checksum;

    if (!number_parse_u64(text, &checksum))
        return wrong(reader, err, text, "a checksum");
    if (function->checksum && function->checksum != checksum)
        return err_set(err, ERR_FORMAT,
                       "line %zu: a second record of %s, with another checksum of its control flow",
                       reader->number, function->name);
    function->checksum = checksum;
    reader->checksum_count += reader->depth == 1;
    reader->tree->is_probe_based = true;
    return true;
}

static bool read_inside(struct reader *reader, char *line, size_t depth, struct err *err)
{
    static const char checksum[] = "!CFGChecksum: ";
    struct sampleprof_site site;
    char *colon;

    if (depth > reader->depth)
        return err_set(err, ERR_FORMAT,
                       "line %zu: indented by %zu, expected at most %zu: no function is open there",
                       reader->number, depth, reader->depth);
    reader->depth = depth;
    if (strncmp(line, checksum, sizeof(checksum) - 1) == 0)
        return read_checksum(reader, line + sizeof(checksum) - 1, err);
    if (line[0] == '!')
        return true;
    colon = strstr(line, ": ");
    if (!colon)
        return wrong(reader, err, line, "LINE_OFFSET: COUNT or LINE_OFFSET: CALLEE:TOTAL");
    *colon = '\0';
    colon += 2;
    if (!read_site(reader, line, &site, err))
        return false;
    if (strncmp(colon, "<vtables> ", 10) == 0)
        return true;
    return *colon >= '0' && *colon <= '9' ? read_body(reader, site, colon, err)
                                          : read_callee(reader, site, colon, err);
}

static void read_unit_names(struct reader *reader, char *names)
{
    char *rest = names;

    for (char *name = strsep(&rest, " "); name; name = strsep(&rest, " "))
        if (*name)
            sampleprof_add_unit_name(reader->tree, reader->unit, name);
}

/* The text behind `start`, if the line starts with it. */
static char *skip(char *line, const char *start)
{
    size_t len = strlen(start);

    return strncmp(line, start, len) == 0 ? line + len : NULL;
}

/* A number that fits 32 bits; what does not is as if it were not there. */
static void read_u32(const char *text, uint32_t *number)
{
    uint64_t wide;

    if (number_parse_u64(text, &wide) && wide <= UINT32_MAX)
        *number = (uint32_t)wide;
}

/* "N" or "N since R", of the function whose first line stands above. */
static void read_samples(struct reader *reader, char *text)
{
    struct sampleprof_function *function = reader->stack[0];
    char *since = strstr(text, " since ");
    uint64_t samples;

    if (since) {
        *since = '\0';
        read_u32(since + 7, &function->since);
    }
    if (number_parse_u64(text, &samples))
        function->samples = saturating_add(function->samples, samples);
}

/* What follows "#!pgo ". Unknown words are left to newer versions. */
static bool read_note(struct reader *reader, char *note, struct err *err)
{
    char *rest;

    if (!reader->function_count && provenance_take(&reader->tree->provenance, note))
        return true;
    if ((rest = skip(note, "samples ")) && reader->depth)
        read_samples(reader, rest);
    if ((rest = skip(note, "static "))) {
        strbuf_reset(&reader->owner);
        strbuf_add_text(&reader->owner, rest);
    }
    if ((rest = skip(note, "refresh ")))
        read_u32(rest, &reader->tree->refresh_count);
    if ((rest = skip(note, "summary ")))
        reader->tree->has_summary |= sampleprof_summary_parse(rest, &reader->tree->summary);
    if ((rest = skip(note, "units ")) && strcmp(rest, "1") != 0) {
        err_set(err, ERR_UNSUPPORTED, "line %zu: compile-unit map of version '%.20s', expected 1",
                reader->number, rest);
        return err_hint(err, "a newer pgo-convert wrote it: use that one");
    }
    if ((rest = skip(note, "unit ")))
        reader->unit = sampleprof_add_unit(reader->tree, rest);
    else if (note[0] == ' ' && reader->unit)
        read_unit_names(reader, note);
    return true;
}

static bool read_line(struct reader *reader, struct err *err)
{
    char *marked = skip(reader->line.data, "#!pgo| ");
    char *line = marked ? marked : reader->line.data;
    size_t depth = strspn(line, " ");
    char *note = skip(line, "#!pgo ");

    if (strlen(reader->line.data) != reader->line.len)
        return err_set(err, ERR_FORMAT, "line %zu: a NUL byte", reader->number);
    if (note)
        return read_note(reader, note, err);
    if (line[0] == '#' || line[depth] == '\0')
        return true;
    return depth ? read_inside(reader, line + depth, depth, err) : read_function(reader, line, err);
}

static bool check_checksums(const struct reader *reader, struct err *err)
{
    if (reader->checksum_count == 0 || reader->checksum_count == reader->function_count)
        return true;
    return err_set(err, ERR_FORMAT,
                   "%zu of %zu functions have a !CFGChecksum, expected all or none: profiles by "
                   "pseudo-probe and by line do not mix",
                   reader->checksum_count, reader->function_count);
}

static bool read_lines(struct reader *reader, struct err *err)
{
    while (next_line(reader))
        if (!read_line(reader, err))
            return false;
    return check_checksums(reader, err);
}

struct sampleprof *sampleprof_read_text(const char *text, size_t len, struct err *err)
{
    struct reader reader = {.next = text, .end = text + len, .tree = sampleprof_new()};
    bool done =
        read_lines(&reader, err) && sampleprof_check_end(&reader.tree->provenance, text, len, err);

    strbuf_release(&reader.line);
    strbuf_release(&reader.owner);
    if (!done) {
        sampleprof_free(reader.tree);
        return NULL;
    }
    sampleprof_finish(reader.tree);
    return reader.tree;
}
