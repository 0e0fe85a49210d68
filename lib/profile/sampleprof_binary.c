#include "profile/sampleprof_binary.h"

#include <stdlib.h>
#include <string.h>

/*
 * Numbers are LEB128, but for the section table, which is of 64 bits, little endian.
 *
 *   magic version
 *   sections, and for each: type flags offset size        offset: from the start of the file
 *   summary      total max_count max_head counts functions entries {cutoff min_count counts}...
 *   names        count {bytes NUL}...                      a name below is its index here
 *   offsets      functions {name offset}...                offset: from the start of the records
 *   records      {head body}...
 *   metadata     {name graph}...                           in profiles by probe
 *
 *   body         name total lines {line_off discriminator count targets {name count}...}...
 *                calls {line_off discriminator body}...
 *   graph        checksum calls {line_off discriminator name graph}...
 */

#define MAGIC   0x5350524f46343204 /* "SPROF42", and 4: the extensible form */
#define VERSION 103

/* Of a section's flags the upper half has a meaning of its own for each type. */
#define FLAG_UNIQUE_SUFFIX ((uint64_t)4 << 32) /* names: .__uniq. in them is to be kept */
#define FLAG_PROBE_BASED   ((uint64_t)1 << 32) /* metadata */

enum section_type {
    SECTION_SUMMARY = 1,
    SECTION_NAMES = 2,
    SECTION_OFFSETS = 4,
    SECTION_METADATA = 5,
    SECTION_RECORDS = 32,
};

struct section {
    enum section_type type;
    uint64_t flags;
    struct strbuf bytes;
};

struct writer {
    bool is_probe_based;
    struct byteset names; /* before it is sorted */
    uint32_t *index;      /* by id in `names` */
};

static void add_number(struct strbuf *out, uint64_t number)
{
    while (number >= 0x80) {
        strbuf_add_char(out, (char)(number | 0x80));
        number >>= 7;
    }
    strbuf_add_char(out, (char)number);
}

static void add_fixed(struct strbuf *out, uint64_t number)
{
    for (int shift = 0; shift < 64; shift += 8)
        strbuf_add_char(out, (char)(number >> shift));
}

static void add_site(struct strbuf *out, struct sampleprof_site site)
{
    add_number(out, site.line_off);
    add_number(out, site.discriminator);
}

static void add_name(const struct writer *writer, struct strbuf *out, const char *name)
{
    uint32_t id = 0;

    byteset_find(&writer->names, name, strlen(name), &id);
    add_number(out, writer->index[id]);
}

static void collect_names(struct byteset *names, const struct sampleprof_function *function)
{
    byteset_add_text(names, function->name);
    for (size_t i = 0; i < function->line_count; i++)
        for (size_t j = 0; j < function->lines[i].target_count; j++)
            byteset_add_text(names, function->lines[i].targets[j].name);
    for (size_t i = 0; i < function->call_count; i++)
        collect_names(names, function->calls[i].callee);
}

struct named {
    const char *name;
    uint32_t id;
};

static int compare_named(const void *left, const void *right)
{
    return strcmp(((const struct named *)left)->name, ((const struct named *)right)->name);
}

/* Sorted, so that the order of functions does not show in it. */
static void write_names(struct writer *writer, struct strbuf *out)
{
    struct named *sorted = mem_array(writer->names.count, sizeof(*sorted));

    writer->index = mem_array(writer->names.count, sizeof(*writer->index));
    for (uint32_t id = 0; id < writer->names.count; id++)
        sorted[id] = (struct named){byteset_at(&writer->names, id, NULL), id};
    if (writer->names.count)
        qsort(sorted, writer->names.count, sizeof(*sorted), compare_named);
    add_number(out, writer->names.count);
    for (uint32_t i = 0; i < writer->names.count; i++) {
        writer->index[sorted[i].id] = i;
        strbuf_add(out, sorted[i].name, strlen(sorted[i].name) + 1);
    }
    free(sorted);
}

static void write_summary(const struct sampleprof_summary *summary, struct strbuf *out)
{
    add_number(out, summary->total);
    add_number(out, summary->max_count);
    add_number(out, summary->max_head);
    add_number(out, summary->count_count);
    add_number(out, summary->function_count);
    add_number(out, SAMPLEPROF_CUTOFFS);
    for (size_t i = 0; i < SAMPLEPROF_CUTOFFS; i++) {
        add_number(out, summary->entries[i].cutoff);
        add_number(out, summary->entries[i].min_count);
        add_number(out, summary->entries[i].count_count);
    }
}

static void write_line(const struct writer *writer, const struct sampleprof_line *line,
                       struct strbuf *out)
{
    add_site(out, line->site);
    add_number(out, line->count);
    add_number(out, line->target_count);
    for (size_t i = 0; i < line->target_count; i++) {
        add_name(writer, out, line->targets[i].name);
        add_number(out, line->targets[i].count);
    }
}

static void write_body(const struct writer *writer, const struct sampleprof_function *function,
                       struct strbuf *out)
{
    add_name(writer, out, function->name);
    add_number(out, function->total);
    add_number(out, function->line_count);
    for (size_t i = 0; i < function->line_count; i++)
        write_line(writer, &function->lines[i], out);
    add_number(out, function->call_count);
    for (size_t i = 0; i < function->call_count; i++) {
        add_site(out, function->calls[i].site);
        write_body(writer, function->calls[i].callee, out);
    }
}

static void write_graph(const struct writer *writer, const struct sampleprof_function *function,
                        struct strbuf *out)
{
    add_name(writer, out, function->name);
    add_number(out, function->checksum);
    add_number(out, function->call_count);
    for (size_t i = 0; i < function->call_count; i++) {
        add_site(out, function->calls[i].site);
        write_graph(writer, function->calls[i].callee, out);
    }
}

static void write_records(const struct writer *writer,
                          const struct sampleprof_function *const *functions, size_t count,
                          struct strbuf *offsets, struct strbuf *records)
{
    add_number(offsets, count);
    for (size_t i = 0; i < count; i++) {
        add_name(writer, offsets, functions[i]->name);
        add_number(offsets, records->len);
        add_number(records, functions[i]->head);
        write_body(writer, functions[i], records);
    }
}

/*
 * The flag that makes it a profile by probe counts only if the section is not empty. Without any
 * function it holds the one of the name "", which no module has.
 */
static void write_metadata(const struct writer *writer,
                           const struct sampleprof_function *const *functions, size_t count,
                           struct strbuf *out)
{
    static const struct sampleprof_function nothing = {.name = ""};

    for (size_t i = 0; i < count; i++)
        write_graph(writer, functions[i], out);
    if (!count)
        write_graph(writer, &nothing, out);
}

/* Of the whole tree: it must not depend on which functions are written. */
static bool has_unique_suffix(const struct sampleprof *tree)
{
    for (uint32_t id = 0; id < tree->names.count; id++)
        if (strstr(byteset_at(&tree->names, id, NULL), ".__uniq."))
            return true;
    return false;
}

static void write_file(const struct section *sections, size_t count, struct strbuf *out)
{
    size_t start = out->len;
    uint64_t offset;

    add_number(out, MAGIC);
    add_number(out, VERSION);
    add_fixed(out, count);
    offset = out->len - start + count * 4 * sizeof(uint64_t);
    for (size_t i = 0; i < count; i++) {
        add_fixed(out, sections[i].type);
        add_fixed(out, sections[i].flags);
        add_fixed(out, offset);
        add_fixed(out, sections[i].bytes.len);
        offset += sections[i].bytes.len;
    }
    for (size_t i = 0; i < count; i++)
        strbuf_add(out, sections[i].bytes.data, sections[i].bytes.len);
}

void sampleprof_write_binary(const struct sampleprof *tree,
                             const struct sampleprof_function *const *functions, size_t count,
                             const struct sampleprof_summary *summary, struct strbuf *out)
{
    struct section sections[] = {
        {SECTION_SUMMARY, 0, {0}},
        {SECTION_NAMES, has_unique_suffix(tree) ? FLAG_UNIQUE_SUFFIX : 0, {0}},
        {SECTION_OFFSETS, 0, {0}},
        {SECTION_RECORDS, 0, {0}},
        {SECTION_METADATA, FLAG_PROBE_BASED, {0}},
    };
    size_t section_count = ARRAY_SIZE(sections) - !tree->is_probe_based;
    struct writer writer = {.is_probe_based = tree->is_probe_based};

    for (size_t i = 0; i < count; i++)
        collect_names(&writer.names, functions[i]);
    if (!count)
        byteset_add_text(&writer.names, ""); /* LLVM does not read a table without names */
    write_summary(summary, &sections[0].bytes);
    write_names(&writer, &sections[1].bytes);
    write_records(&writer, functions, count, &sections[2].bytes, &sections[3].bytes);
    if (tree->is_probe_based)
        write_metadata(&writer, functions, count, &sections[4].bytes);
    write_file(sections, section_count, out);
    for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
        strbuf_release(&sections[i].bytes);
    byteset_release(&writer.names);
    free(writer.index);
}
