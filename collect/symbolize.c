#include "symbolize.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "binary/image.h"
#include "binary/symbolizer.h"

/* One binary at a time; `symbolizer` is NULL when it has no debug information. */
struct source {
    struct profile *profile;
    struct byteset *functions; /* added here: struct profile_function, whose texts are interned */
    uint32_t first_function;   /* index of the first that was added here */
    struct image *image;
    struct symbolizer *symbolizer;
};

static uint32_t add_function(struct source *source, const struct profile_function *function)
{
    uint32_t id = byteset_add(source->functions, function, sizeof(*function));

    if (source->first_function + id == source->profile->function_count)
        profile_add_function(source->profile, function);
    return source->first_function + id;
}

/*
 * The name is the linkage name once more: readers demangle it into a qualified name, which the
 * debug information does not give in one piece.
 */
static struct profile_line line_of_frame(struct source *source,
                                         const struct symbolizer_frame *frame)
{
    const struct symbolizer_function *from = frame->function;
    const char *name = profile_intern(source->profile, from->linkage_name);
    struct profile_function function = {.name = name,
                                        .system_name = name,
                                        .file = profile_intern(source->profile, from->file),
                                        .start_line = from->start_line};

    return (struct profile_line){add_function(source, &function), frame->line};
}

static bool add_symbol(struct source *source, uint64_t vaddr, struct profile_location *location)
{
    const struct image_symbol *symbol = image_find_symbol(source->image, vaddr);
    struct profile_function function = {.file = profile_intern(source->profile, "")};

    if (!symbol)
        return false;
    function.name = function.system_name = profile_intern(source->profile, symbol->name);
    location->lines = arena_array(&source->profile->arena, 1, sizeof(*location->lines));
    location->lines[0].function = add_function(source, &function);
    location->line_count = 1;
    return true;
}

static bool add_inline_stack(struct source *source, uint64_t vaddr,
                             struct profile_location *location)
{
    const struct symbolizer_frame *frames;
    size_t count = source->symbolizer ? symbolizer_find(source->symbolizer, vaddr, &frames) : 0;

    if (count == 0)
        return false;
    location->lines = arena_array(&source->profile->arena, count, sizeof(*location->lines));
    location->line_count = (uint32_t)count;
    for (size_t i = 0; i < count; i++)
        location->lines[i] = line_of_frame(source, &frames[i]);
    return true;
}

static void symbolize_location(struct source *source, struct profile_location *location)
{
    struct profile_mapping *mapping = &source->profile->mappings[location->mapping];
    uint64_t off = location->ip - mapping->start_ip + mapping->pgoff, vaddr;

    if (location->line_count || !image_off_to_vaddr(source->image, off, &vaddr))
        return;
    if (add_inline_stack(source, vaddr, location)) {
        mapping->has_functions = mapping->has_inline_frames = true;
        mapping->has_filenames = mapping->has_line_numbers = true;
    } else if (add_symbol(source, vaddr, location)) {
        mapping->has_functions = true;
    }
}

/* The mappings of one file and build id have one number. */
static uint32_t *number_binaries(const struct profile *profile, struct byteset *binaries)
{
    uint32_t *numbers = mem_array(profile->mapping_count, sizeof(*numbers));

    for (size_t i = 0; i < profile->mapping_count; i++) {
        const char *key[] = {profile->mappings[i].file, profile->mappings[i].build_id};

        numbers[i] = byteset_add(binaries, key, sizeof(key)); /* interned: equal by pointer */
    }
    return numbers;
}

static void symbolize_binary(struct source *source, const uint32_t *numbers, uint32_t number)
{
    struct profile *profile = source->profile;
    struct err ignored = {0};

    source->symbolizer = symbolizer_open(source->image, &ignored);
    for (size_t i = 0; i < profile->location_count; i++)
        if (profile->locations[i].mapping != PROFILE_NONE &&
            numbers[profile->locations[i].mapping] == number)
            symbolize_location(source, &profile->locations[i]);
    symbolizer_close(source->symbolizer);
}

/* Of the binary with that number; the first mapping of its code tells how large it is. */
static struct image *find_image(struct profile *profile, struct binaries *binaries,
                                const uint32_t *numbers, uint32_t number)
{
    struct image *image = NULL;

    for (size_t i = 0; i < profile->mapping_count; i++) {
        struct profile_mapping *mapping = &profile->mappings[i];

        if (numbers[i] != number)
            continue;
        if (!image)
            image = binaries_find(binaries, mapping->file, mapping->build_id, mapping->pgoff,
                                  mapping->limit_ip - mapping->start_ip);
        if (!image)
            return NULL;
        if (!mapping->build_id[0])
            mapping->build_id = profile_intern(profile, image_build_id(image));
    }
    if (image)
        binaries_add_debug(binaries, image);
    return image;
}

void symbolize_from(struct profile *profile, struct binaries *binaries)
{
    struct byteset keys = {0}, functions = {0};
    uint32_t *numbers = number_binaries(profile, &keys);
    uint32_t first_function = (uint32_t)profile->function_count;

    for (uint32_t i = 0; i < keys.count; i++) {
        struct source source = {.profile = profile,
                                .functions = &functions,
                                .first_function = first_function,
                                .image = find_image(profile, binaries, numbers, i)};

        if (source.image)
            symbolize_binary(&source, numbers, i);
    }
    byteset_release(&functions);
    byteset_release(&keys);
    free(numbers);
}

void symbolize_profile(struct profile *profile)
{
    struct binaries binaries = {.only_mapped = true};

    symbolize_from(profile, &binaries);
    binaries_close(&binaries);
}

struct symbolize_share symbolize_measure(const struct profile *profile)
{
    struct symbolize_share share = {0};

    for (size_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        const struct profile_location *leaf;
        uint64_t weight = sample->values[0] > 0 ? (uint64_t)sample->values[0] : 0;

        share.total = saturating_add(share.total, weight);
        if (sample->location_count == 0)
            continue;
        leaf = &profile->locations[sample->locations[0]];
        if (leaf->line_count)
            share.with_function += weight;
        if (leaf->line_count && leaf->lines[0].line)
            share.with_line += weight;
    }
    return share;
}
