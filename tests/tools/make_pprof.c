/*
 * make_pprof: a pprof file from a description, so that a test says what is in it.
 *
 * usage: make_pprof <DESCRIPTION >FILE.pprof
 *
 * One thing a line, words separated by one space; "-" stands for an empty text, no reference or
 * no build id. Addresses are hexadecimal, all else is decimal, references count from 0.
 *
 *     type TYPE UNIT                              a value type; all of them come first
 *     period TYPE UNIT VALUE
 *     time START_NS DURATION_NS
 *     default TYPE
 *     mapping START LIMIT PGOFF BUILD_ID FILE
 *     function NAME SYSTEM_NAME START_LINE FILE
 *     location MAPPING IP [FUNCTION:LINE]...      innermost line first
 *     sample LOCATION[,LOCATION]... VALUE...      leaf first
 *     label KEY TEXT                              one label, of the sample above
 *     binary FILE BIAS COUNTS [NAME]              FILE as it would be sampled at load address BIAS:
 *                                                 a mapping called NAME (default: FILE), and a
 *                                                 sample for each line "VADDR COUNT" of COUNTS
 *     symbolize                                   as `pgo-collect record` does, what is known so
 * far
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../collect/symbolize.h"
#include "../../pgo-convert/counts.h"
#include "base/file.h"
#include "base/number.h"
#include "binary/image.h"
#include "profile/pprof.h"

#define MAX_WORDS  64
#define PAGE_BYTES UINT64_C(0x1000)

static unsigned line_number;

static _Noreturn void die(const char *message, const char *what)
{
    fprintf(stderr, "make_pprof: line %u: %s: %s\n", line_number, message, what);
    exit(1);
}

static uint64_t hex(const char *word)
{
    uint64_t value;

    if (!number_parse_hex(word, &value))
        die("not a hexadecimal number", word);
    return value;
}

static int64_t decimal(const char *word)
{
    char *end;
    long long value = strtoll(word, &end, 10);

    if (end == word || *end)
        die("not a number", word);
    return value;
}

static const char *text(struct profile *profile, const char *word)
{
    return profile_intern(profile, strcmp(word, "-") == 0 ? "" : word);
}

static uint32_t add_mapping(struct profile *profile, uint64_t start, uint64_t limit, uint64_t pgoff,
                            const char *build_id, const char *file)
{
    struct profile_mapping mapping = {.start_ip = start,
                                      .limit_ip = limit,
                                      .pgoff = pgoff,
                                      .build_id = text(profile, build_id),
                                      .file = text(profile, file)};

    return profile_add_mapping(profile, &mapping);
}

static void add_function(struct profile *profile, char **words)
{
    struct profile_function function = {.name = text(profile, words[0]),
                                        .system_name = text(profile, words[1]),
                                        .start_line = decimal(words[2]),
                                        .file = text(profile, words[3])};

    profile_add_function(profile, &function);
}

static void add_location(struct profile *profile, char **words, size_t count)
{
    struct profile_location location = {.mapping = PROFILE_NONE, .ip = hex(words[1])};

    if (strcmp(words[0], "-") != 0)
        location.mapping = (uint32_t)decimal(words[0]);
    location.line_count = (uint32_t)count - 2;
    location.lines = arena_array(&profile->arena, count - 2, sizeof(*location.lines));
    for (size_t i = 2; i < count; i++) {
        char *number = words[i];
        const char *function = strsep(&number, ":");

        if (!number)
            die("expected FUNCTION:LINE", words[i]);
        location.lines[i - 2] = (struct profile_line){(uint32_t)decimal(function), decimal(number)};
    }
    profile_add_location(profile, &location);
}

static void set_label(struct profile *profile, const char *key, const char *text)
{
    struct profile_sample *sample = &profile->samples[profile->sample_count - 1];

    sample->labels = arena_array(&profile->arena, 1, sizeof(*sample->labels));
    sample->label_count = 1;
    sample->labels[0] = (struct profile_label){.key = profile_intern(profile, key),
                                               .text = profile_intern(profile, text),
                                               .unit = profile_intern(profile, "")};
}

static void add_sample(struct profile *profile, char **words, size_t count)
{
    struct profile_sample *sample;
    uint32_t locations[MAX_WORDS];
    size_t location_count = 0;
    char *list = words[0], *word;

    while (strcmp(words[0], "-") != 0 && (word = strsep(&list, ","))) {
        if (location_count == MAX_WORDS)
            die("too many frames", words[0]);
        locations[location_count++] = (uint32_t)decimal(word);
    }
    if (count - 1 != profile->value_type_count)
        die("not a value for each type", words[0]);
    sample = profile_add_sample(profile, locations, location_count);
    for (size_t i = 1; i < count; i++)
        sample->values[i - 1] = decimal(words[i]);
}

/* The offset in the file: p_vaddr and p_offset of a segment differ by whole pages. */
static uint64_t find_off(const struct image *image, uint64_t vaddr)
{
    uint64_t found;

    for (uint64_t off = vaddr % PAGE_BYTES; off <= vaddr; off += PAGE_BYTES)
        if (image_off_to_vaddr(image, off, &found) && found == vaddr)
            return off;
    die("no segment holds an address of", image_path(image));
}

/* A mapping as a loader makes it: whole pages, from the lowest address that was counted. */
static uint32_t map_binary(struct profile *profile, const struct image *image, const char *name,
                           uint64_t bias, const struct counts *counts)
{
    uint64_t lowest = UINT64_MAX, highest = 0, pgoff;

    for (size_t i = 0; i < counts->count; i++) {
        lowest = counts->items[i].vaddr < lowest ? counts->items[i].vaddr : lowest;
        highest = counts->items[i].vaddr > highest ? counts->items[i].vaddr : highest;
    }
    pgoff = find_off(image, lowest) / PAGE_BYTES * PAGE_BYTES;
    return add_mapping(profile, bias + lowest / PAGE_BYTES * PAGE_BYTES,
                       bias + (highest / PAGE_BYTES + 1) * PAGE_BYTES, pgoff, image_build_id(image),
                       name);
}

static void add_binary(struct profile *profile, char **words, size_t count)
{
    struct err err = {0};
    struct image *image = image_open(words[0], &err);
    uint64_t bias = hex(words[1]);
    struct counts counts = {0};
    struct strbuf content = {0};
    uint32_t mapping;

    if (!image || !file_read(words[2], SIZE_MAX - 1, &content, &err) ||
        !counts_read(strbuf_text(&content), content.len, &counts, &err))
        die("cannot read", err.message);
    if (!counts.count)
        die("no counts", words[2]);
    mapping = map_binary(profile, image, words[count > 3 ? 3 : 0], bias, &counts);
    for (size_t i = 0; i < counts.count; i++) {
        struct profile_location location = {.mapping = mapping, .ip = counts.items[i].vaddr + bias};
        uint32_t index = profile_add_location(profile, &location);
        struct profile_sample *sample = profile_add_sample(profile, &index, 1);

        for (size_t j = 0; j < profile->value_type_count; j++)
            sample->values[j] = (int64_t)counts.items[i].count;
    }
    counts_release(&counts);
    strbuf_release(&content);
    image_close(image);
}

static void take(struct profile *profile, char **words, size_t count)
{
    const char *what = words[0];

    if (strcmp(what, "type") == 0 && count == 3) {
        profile_add_value_type(profile, words[1], words[2]);
    } else if (strcmp(what, "period") == 0 && count == 4) {
        profile->period_type.type = text(profile, words[1]);
        profile->period_type.unit = text(profile, words[2]);
        profile->period = decimal(words[3]);
    } else if (strcmp(what, "time") == 0 && count == 3) {
        profile->time_ns = decimal(words[1]);
        profile->duration_ns = decimal(words[2]);
    } else if (strcmp(what, "default") == 0 && count == 2) {
        profile->default_type = text(profile, words[1]);
    } else if (strcmp(what, "mapping") == 0 && count == 6) {
        add_mapping(profile, hex(words[1]), hex(words[2]), hex(words[3]), words[4], words[5]);
    } else if (strcmp(what, "function") == 0 && count == 5) {
        add_function(profile, words + 1);
    } else if (strcmp(what, "location") == 0 && count >= 3) {
        add_location(profile, words + 1, count - 1);
    } else if (strcmp(what, "label") == 0 && count == 3 && profile->sample_count) {
        set_label(profile, words[1], words[2]);
    } else if (strcmp(what, "sample") == 0 && count >= 3) {
        add_sample(profile, words + 1, count - 1);
    } else if (strcmp(what, "binary") == 0 && (count == 4 || count == 5)) {
        add_binary(profile, words + 1, count - 1);
    } else if (strcmp(what, "symbolize") == 0 && count == 1) {
        symbolize_profile(profile);
    } else {
        die("unknown, or a wrong number of words", what);
    }
}

int main(void)
{
    struct profile *profile = profile_new();
    struct strbuf out = {0};
    struct err err = {0};
    char *line = NULL;
    size_t capacity = 0;
    bool done;

    while (getline(&line, &capacity, stdin) > 0) {
        char *rest = line, *words[MAX_WORDS];
        size_t count = 0;

        line_number++;
        line[strcspn(line, "\n")] = '\0';
        while (count < MAX_WORDS && (words[count] = strsep(&rest, " ")))
            count++;
        if (line[0] && line[0] != '#')
            take(profile, words, count);
    }
    pprof_write(profile, &out);
    done = file_write("-", out.data, out.len, FILE_REPLACE, &err);
    strbuf_release(&out);
    profile_free(profile);
    free(line);
    return done ? 0 : 1;
}
