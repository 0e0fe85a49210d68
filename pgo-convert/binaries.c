#include "binaries.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/path.h"
#include "base/talk.h"
#include "binary/image_search.h"

/* What to do about what was not found, and where it was looked for: of the first such case. */
static void note_missing(struct binaries *binaries, const char *advice, const char *what,
                         const char *build_id, const struct strbuf *tried)
{
    if (!binaries->missing.len)
        strbuf_add_format(&binaries->missing, "%s; %s (build id %s) is not in %s", advice, what,
                          build_id[0] ? build_id : "none", tried->len ? tried->data : "it");
}

/* The image's own debug information, or that of a separate file. NULL: none, or damaged. */
static struct symbolizer *open_symbolizer(struct binaries *binaries, struct image *image,
                                          struct err *err)
{
    struct symbolizer *symbolizer = NULL;
    struct strbuf tried = {0};
    char *path = NULL;

    if (!image_has_debug(image))
        path = debug_file_find(image, &binaries->places, &tried);
    if (!path || image_attach_debug(image, path, err))
        symbolizer = symbolizer_open(image, err);
    if (symbolizer && !image_has_symbols(image))
        symbolizer_add_symbols(symbolizer, image);
    if (!image_has_debug(image)) {
        note_missing(binaries,
                     "give the folder of its debug files, --debug-dir=DIR, or profile a binary "
                     "that was built by pgo-build, or with -g1 -fdebug-info-for-profiling, and is "
                     "not stripped",
                     "debug information", image_build_id(image), &tried);
        binaries_hint(binaries, err);
    }
    free(path);
    strbuf_release(&tried);
    return symbolizer;
}

static struct binary *add(struct binaries *binaries, struct image *image,
                          struct symbolizer *symbolizer)
{
    struct binary *binary = mem_alloc(sizeof(*binary));

    binary->image = image;
    binary->symbolizer = symbolizer;
    *ARRAY_PUSH(binaries->items, binaries->count, binaries->capacity) = binary;
    return binary;
}

bool binaries_open(struct binaries *binaries, const char *const *paths, size_t count,
                   struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct image *image = image_open(paths[i], err);
        struct symbolizer *symbolizer = image ? open_symbolizer(binaries, image, err) : NULL;

        if (!symbolizer) {
            image_close(image);
            return false;
        }
        add(binaries, image, symbolizer)->is_named = true;
    }
    return true;
}

void binaries_close(struct binaries *binaries)
{
    for (size_t i = 0; i < binaries->count; i++) {
        struct binary *binary = binaries->items[i];

        probes_free(binary->probes);
        symbolizer_close(binary->symbolizer);
        image_close(binary->image);
        counts_release(&binary->samples);
        counts_release(&binary->executions);
        branches_release(&binary->branches);
        free(binary->stacks.slots);
        free(binary->calls);
        free(binary->taken_for);
        free(binary);
    }
    for (size_t i = 0; i < binaries->wanted_count; i++) {
        free(binaries->wanted[i].name);
        free(binaries->wanted[i].build_id);
    }
    free(binaries->wanted);
    free(binaries->items);
    strbuf_release(&binaries->missing);
    *binaries = (struct binaries){0};
}

static struct image_wanted wanted_of(const struct profile_mapping *mapping)
{
    return (struct image_wanted){mapping->file, mapping->build_id, mapping->pgoff,
                                 mapping->limit_ip - mapping->start_ip};
}

static bool belongs(const struct binary *binary, const struct profile_mapping *mapping)
{
    struct image_wanted wanted = wanted_of(mapping);

    if (mapping->build_id[0])
        return strcmp(image_build_id(binary->image), mapping->build_id) == 0;
    return binary->is_named && image_has_name(image_path(binary->image), &wanted);
}

/* The user is told, since there is no build id to tell. */
static void take_for(struct binary *binary, const struct profile_mapping *mapping)
{
    if (!binary->taken_for)
        binary->taken_for = mem_strdup(path_base(mapping->file));
}

/*
 * A file of --binary that was renamed since, from a time or a linker without build ids; or one that
 * look_for() has found before.
 */
static bool looks_alike(struct binary *binary, const struct profile_mapping *mapping)
{
    struct image_wanted wanted = wanted_of(mapping);

    if (binary->is_named ? image_build_id(binary->image)[0] != '\0'
                         : !image_has_name(image_path(binary->image), &wanted))
        return false;
    if (mapping->build_id[0] || !image_is_as_large(binary->image, &wanted))
        return false;
    take_for(binary, mapping);
    return true;
}

static struct binary *look_for(struct binaries *binaries, const struct profile_mapping *mapping)
{
    struct image_wanted wanted = wanted_of(mapping);
    struct strbuf tried = {0};
    struct image *image = image_search(&wanted, &binaries->places, &tried);
    struct binary *found = NULL;
    struct err ignored = {0};

    if (image)
        found = add(binaries, image, open_symbolizer(binaries, image, &ignored));
    else
        note_missing(binaries,
                     "name the profiled executable, --binary=FILE, or a folder that has it by "
                     "build id, --debug-dir=DIR",
                     path_base(mapping->file), mapping->build_id, &tried);
    if (found && !mapping->build_id[0])
        take_for(found, mapping);
    strbuf_release(&tried);
    return found;
}

struct binary *binaries_find(struct binaries *binaries, const struct profile_mapping *mapping)
{
    struct binary *found = NULL;

    *ARRAY_PUSH(binaries->wanted, binaries->wanted_count, binaries->wanted_capacity) =
        (struct wanted){mem_strdup(path_base(mapping->file)), mem_strdup(mapping->build_id)};
    for (size_t i = 0; !found && i < binaries->count; i++)
        if (belongs(binaries->items[i], mapping))
            found = binaries->items[i];
    for (size_t i = 0; !found && i < binaries->count; i++)
        if (looks_alike(binaries->items[i], mapping))
            found = binaries->items[i];
    if (!found && (mapping->build_id[0] || mapping->file[0]) && !image_is_system(mapping->file))
        found = look_for(binaries, mapping);
    if (found)
        found->is_used = true;
    return found;
}

/* off = ip - start + pgoff, then the program headers: design, "three address spaces". */
bool binaries_find_vaddr(const struct binary *binary, const struct profile_mapping *mapping,
                         uint64_t ip, uint64_t *vaddr)
{
    uint64_t off;

    if (ip < mapping->start_ip || (mapping->limit_ip && ip >= mapping->limit_ip) ||
        __builtin_add_overflow(ip - mapping->start_ip, mapping->pgoff, &off))
        return false;
    return image_off_to_vaddr(binary->image, off, vaddr);
}

bool binaries_hint(const struct binaries *binaries, struct err *err)
{
    if (!binaries->missing.len)
        return false;
    return err_hint(err, "%s", binaries->missing.data);
}

void binaries_say(const struct binaries *binaries)
{
    for (size_t i = 0; i < binaries->count; i++) {
        const struct binary *binary = binaries->items[i];
        const char *missing = binary->symbolizer ? symbolizer_missing(binary->symbolizer) : NULL;

        if (binary->taken_for)
            talk_warn("%s: taken for %s, since its code is as large; the profile has no build id "
                      "to tell",
                      image_path(binary->image), binary->taken_for);
        if (missing)
            talk_warn("%s: split debug information %s was not found, nor %s.dwp: its functions "
                      "and inlined calls are not known; keep the .dwo files where they were built, "
                      "or pack them beside the binary: llvm-dwp -e %s -o %s.dwp",
                      image_path(binary->image), missing, path_base(image_path(binary->image)),
                      image_path(binary->image), image_path(binary->image));
    }
}

/* What the user must have meant by that file: the one of its name, else the first. */
static const struct wanted *find_meant(const struct binaries *binaries, const char *path)
{
    for (size_t i = 0; i < binaries->wanted_count; i++)
        if (strcmp(binaries->wanted[i].name, path_base(path)) == 0)
            return &binaries->wanted[i];
    return binaries->wanted_count ? &binaries->wanted[0] : NULL;
}

bool binaries_check(const struct binaries *binaries, struct err *err)
{
    for (size_t i = 0; i < binaries->count; i++) {
        const struct binary *binary = binaries->items[i];
        const char *path = image_path(binary->image), *build_id = image_build_id(binary->image);
        const struct wanted *meant;

        if (!binary->is_named || binary->is_used)
            continue;
        meant = find_meant(binaries, path);
        err_set(err, ERR_MISMATCH, "%s: build id %s, the profile is of %s with build id %s", path,
                build_id[0] ? build_id : "(none)",
                meant && meant->name[0] ? meant->name : "another binary",
                meant && meant->build_id[0] ? meant->build_id : "(none)");
        return err_hint(err, "give the very binary that was profiled, or record a new profile");
    }
    return true;
}
