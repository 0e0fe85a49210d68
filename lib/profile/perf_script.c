#include "profile/perf_script.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"

#define MAX_FRAMES 1024 /* of a sample; perf has 127 unless told otherwise */

static bool take_line(struct perf_script *script, struct strbuf *line)
{
    const char *newline;

    if (script->next >= script->end)
        return false;
    newline = memchr(script->next, '\n', (size_t)(script->end - script->next));
    strbuf_reset(line);
    strbuf_add(line, script->next, (size_t)((newline ? newline : script->end) - script->next));
    script->next = newline ? newline + 1 : script->end;
    return true;
}

/* The word at *text, which is cut off there; *text moves behind it. "" at the end. */
static char *take_word(char **text)
{
    char *word = *text + strspn(*text, " \t"), *end = word + strcspn(word, " \t");

    *text = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

/* "4242" or "4242/4243" */
static bool read_ids(const char *word, struct perf_script_sample *sample)
{
    char *end;
    unsigned long pid = strtoul(word, &end, 10), tid = pid;

    if (!isdigit((unsigned char)word[0]))
        return false;
    if (*end == '/' && isdigit((unsigned char)end[1]))
        tid = strtoul(end + 1, &end, 10);
    if (*end || pid > INT32_MAX || tid > INT32_MAX)
        return false;
    sample->pid = (uint32_t)pid;
    sample->tid = (uint32_t)tid;
    return true;
}

/* "22375.292639:", of six digits or nine */
static bool read_time(const char *word, uint64_t *time_ns)
{
    size_t whole = strspn(word, "0123456789"), part;
    char *end;

    if (!whole || word[whole] != '.')
        return false;
    part = strspn(word + whole + 1, "0123456789");
    if ((part != 6 && part != 9) || strcmp(word + whole + 1 + part, ":") != 0)
        return false;
    *time_ns = saturating_multiply(strtoull(word, &end, 10), 1000000000);
    *time_ns =
        saturating_add(*time_ns, strtoull(word + whole + 1, &end, 10) * (part == 6 ? 1000 : 1));
    return true;
}

/* Where the ids start in a head: the first word that has their form, behind a name. */
static char *find_ids(char *head)
{
    char *at = head + strspn(head, " ");

    at += strcspn(at, " ");
    while (*at) {
        at += strspn(at, " ");
        if (at[strspn(at, "0123456789/")] == ' ' && isdigit((unsigned char)*at))
            return at;
        at += strcspn(at, " ");
    }
    return NULL;
}

/* What stands behind the ids: [CPU]? time? period? event: */
static bool read_rest(char *text, struct perf_script_sample *sample)
{
    char *word = take_word(&text);
    size_t len;

    if (word[0] == '[')
        word = take_word(&text);
    if (read_time(word, &sample->time_ns))
        word = take_word(&text);
    if (number_parse_u64(word, &sample->period))
        word = take_word(&text);
    len = strlen(word);
    if (len < 2 || word[len - 1] != ':' || strncmp(word, "PERF_RECORD", 11) == 0)
        return false;
    while (len && word[len - 1] == ':')
        word[--len] = '\0';
    sample->event = word;
    return true;
}

static bool read_head(struct strbuf *line, struct perf_script_sample *sample)
{
    char *ids = line->len ? find_ids(line->data) : NULL, *end, *comm, *rest;

    if (!ids || line->data[0] == '\t' || line->data[0] == '#')
        return false;
    *sample = (struct perf_script_sample){.event = ""};
    for (end = ids; end > line->data && end[-1] == ' ';)
        *--end = '\0';
    comm = line->data + strspn(line->data, " ");
    rest = ids;
    sample->comm = comm;
    return read_ids(take_word(&rest), sample) && read_rest(rest, sample);
}

static size_t keep_text(struct perf_script *script, const char *text)
{
    size_t off = script->texts.len;

    strbuf_add(&script->texts, text, strlen(text) + 1);
    return off;
}

/* "11af main+0x2f (/usr/bin/server)" */
static bool read_frame(struct perf_script *script, char *line)
{
    char *word = take_word(&line), *file = strrchr(line, '('), *plus;
    struct perf_script_place place = {0};
    size_t len;

    if (!number_parse_hex(word, &place.ip) || !file || file[strlen(file) - 1] != ')')
        return false;
    file[strlen(file) - 1] = '\0';
    if (strcmp(file + 1, "inlined") == 0 || script->place_count == MAX_FRAMES)
        return true;
    *file = '\0';
    for (len = strlen(line); len && line[len - 1] == ' ';)
        line[--len] = '\0';
    line += strspn(line, " ");
    plus = strrchr(line, '+');
    if (plus && strncmp(plus, "+0x", 3) == 0)
        *plus = '\0';
    place.symbol_off = keep_text(script, line);
    place.file_off = keep_text(script, file + 1);
    *ARRAY_PUSH(script->places, script->place_count, script->place_capacity) = place;
    return true;
}

static void take_frames(struct perf_script *script)
{
    strbuf_reset(&script->texts);
    script->place_count = script->frame_count = 0;
    while (script->next < script->end && *script->next == '\t' && take_line(script, &script->line))
        if (!read_frame(script, script->line.data + 1))
            script->unknown_lines++;
    for (size_t i = 0; i < script->place_count; i++) { /* the texts move no more */
        const struct perf_script_place *place = &script->places[i];

        *ARRAY_PUSH(script->frames, script->frame_count, script->frame_capacity) =
            (struct perf_script_frame){place->ip, script->texts.data + place->symbol_off,
                                       script->texts.data + place->file_off};
    }
}

bool perf_script_next(struct perf_script *script, struct perf_script_sample *sample)
{
    while (take_line(script, &script->head)) {
        if (!read_head(&script->head, sample)) {
            script->unknown_lines += script->head.len > 0 && script->head.data[0] != '#';
            continue;
        }
        take_frames(script);
        sample->frames = script->frames;
        sample->frame_count = script->frame_count;
        return true;
    }
    return false;
}

bool perf_script_is(const void *data, size_t len)
{
    enum { FIRST_BYTES = 64 << 10, SAMPLES = 16 };
    const char *text = data;
    struct perf_script script = {.next = text,
                                 .end = text + (len < FIRST_BYTES ? len : FIRST_BYTES)};
    struct perf_script_sample sample;
    bool is_it = false;

    for (int i = 0; !is_it && i < SAMPLES && perf_script_next(&script, &sample); i++)
        is_it = sample.frame_count > 0;
    perf_script_release(&script);
    return is_it;
}

void perf_script_release(struct perf_script *script)
{
    strbuf_release(&script->head);
    strbuf_release(&script->line);
    strbuf_release(&script->texts);
    free(script->places);
    free(script->frames);
    *script = (struct perf_script){0};
}
