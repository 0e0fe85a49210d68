#include "profile/profile_merge_parts.h"

#include <string.h>

static int compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

int merge_compare_binaries(const struct merge_binary *a, const struct merge_binary *b)
{
    int order = strcmp(a->file, b->file);

    if (!order)
        order = strcmp(a->build_id, b->build_id);
    return order ? order : compare_numbers(a->own_start_ip, b->own_start_ip);
}

int merge_compare_functions(const struct profile_function *a, const struct profile_function *b)
{
    int order = strcmp(a->system_name, b->system_name);

    if (!order)
        order = strcmp(a->name, b->name);
    if (!order)
        order = strcmp(a->file, b->file);
    return order ? order : compare_numbers((uint64_t)a->start_line, (uint64_t)b->start_line);
}

int merge_compare_mappings(const struct profile_merge *merge, uint32_t a, uint32_t b)
{
    const struct merge_mapping *first = &merge->mappings[a], *second = &merge->mappings[b];
    int order = compare_numbers(first->pgoff, second->pgoff);

    return order ? order : compare_numbers(first->size, second->size);
}

int merge_compare_labels(const struct profile_label *a, const struct profile_label *b)
{
    int order = strcmp(a->key, b->key);

    if (!order)
        order = strcmp(a->text, b->text);
    if (!order)
        order = strcmp(a->unit, b->unit);
    return order ? order : compare_numbers((uint64_t)a->number, (uint64_t)b->number);
}

const struct profile_function *merge_function(const struct profile_merge *merge, uint32_t id)
{
    return byteset_at(&merge->functions, id, NULL);
}

const char *merge_intern(const struct merge_intake *intake, const char *text)
{
    return profile_intern(intake->merge->head, text);
}

/* "", "[heap]", "//anon": code that was made at run time, and lies elsewhere in each process. */
static bool has_file(const char *file)
{
    return file[0] && file[0] != '[' && strncmp(file, "//", 2) != 0;
}

static uint32_t add_binary(struct merge_intake *intake, const struct profile_mapping *mapping)
{
    struct profile_merge *merge = intake->merge;
    struct merge_binary binary = {.build_id = merge_intern(intake, mapping->build_id),
                                  .file = merge_intern(intake, mapping->file)};
    uint64_t key[3] = {(uintptr_t)binary.build_id};
    uint32_t id;

    if (!binary.build_id[0]) {
        binary.own_start_ip = has_file(binary.file) ? 0 : mapping->start_ip;
        key[1] = (uintptr_t)binary.file;
        key[2] = binary.own_start_ip;
    }
    id = byteset_add(&merge->binary_keys, key, sizeof(key));
    if (id == merge->binary_count)
        *ARRAY_PUSH(merge->binaries, merge->binary_count, merge->binary_capacity) = binary;
    if (strcmp(binary.file, merge->binaries[id].file) < 0)
        merge->binaries[id].file = binary.file;
    return id;
}

static uint32_t add_mapping(struct merge_intake *intake, uint32_t binary,
                            const struct profile_mapping *mapping)
{
    struct profile_merge *merge = intake->merge;
    uint64_t size = mapping->limit_ip ? mapping->limit_ip - mapping->start_ip : 0;
    uint64_t key[] = {binary, mapping->pgoff, size};
    uint32_t id = byteset_add(&merge->mapping_keys, key, sizeof(key));
    struct merge_mapping *own;

    if (id == merge->mapping_count)
        *ARRAY_PUSH(merge->mappings, merge->mapping_count, merge->mapping_capacity) =
            (struct merge_mapping){binary, mapping->pgoff, size, mapping->start_ip, 0, 0, 0, 0};
    own = &merge->mappings[id];
    if (mapping->start_ip < own->start_ip)
        own->start_ip = mapping->start_ip;
    own->has_functions |= mapping->has_functions;
    own->has_filenames |= mapping->has_filenames;
    own->has_line_numbers |= mapping->has_line_numbers;
    own->has_inline_frames |= mapping->has_inline_frames;
    return id;
}

void merge_add_mappings(struct merge_intake *intake)
{
    for (size_t i = 0; i < intake->in->mapping_count; i++) {
        intake->binaries[i] = add_binary(intake, &intake->in->mappings[i]);
        intake->mappings[i] = add_mapping(intake, intake->binaries[i], &intake->in->mappings[i]);
    }
    if (intake->in->mapping_count)
        intake->merge->binaries[intake->binaries[0]].first_count++;
}

static uint32_t find_function(struct merge_intake *intake, uint32_t index)
{
    const struct profile_function *in = &intake->in->functions[index];
    struct profile_function function = {.start_line = in->start_line};

    if (intake->functions[index] == PROFILE_NONE) {
        function.name = merge_intern(intake, in->name);
        function.system_name =
            in->system_name == in->name ? function.name : merge_intern(intake, in->system_name);
        function.file = merge_intern(intake, in->file);
        intake->functions[index] =
            byteset_add(&intake->merge->functions, &function, sizeof(function));
    }
    return intake->functions[index];
}

/*
 * The key, of 64-bit words: binary, offset, has_address; without a build id also the function and
 * the line of each line. The lines are put behind the three in any case.
 */
static size_t location_key(struct merge_intake *intake, const struct profile_location *location,
                           const struct merge_location *own)
{
    struct profile_merge *merge = intake->merge;
    size_t words = 3 + 2 * (size_t)location->line_count;
    bool is_sure = own->binary != PROFILE_NONE && merge->binaries[own->binary].build_id[0];

    if (words > merge->location_key_capacity)
        merge->location_key = array_grow(merge->location_key, &merge->location_key_capacity, words,
                                         sizeof(*merge->location_key));
    merge->location_key[0] = own->binary;
    merge->location_key[1] = own->off;
    merge->location_key[2] = own->has_address;
    for (uint32_t i = 0; i < location->line_count; i++) {
        merge->location_key[3 + 2 * i] = find_function(intake, location->lines[i].function);
        merge->location_key[4 + 2 * i] = (uint64_t)location->lines[i].line;
    }
    return (is_sure && own->has_address ? 3 : words) * sizeof(*merge->location_key);
}

/*
 * Does what location_key() left in scratch say more than the lines that stand? By content alone.
 * Mostly it is the same: then no name is looked at.
 */
static bool is_better(const struct profile_merge *merge, const struct merge_location *own,
                      uint32_t count)
{
    const uint64_t *words = merge->location_key + 3;
    int order = 0;

    if (own->line_count != count)
        return own->line_count < count;
    for (uint32_t i = 0; !order && i < count; i++) {
        uint32_t function = (uint32_t)words[2 * i];

        order = compare_numbers((uint64_t)own->lines[i].line, words[2 * i + 1]);
        if (!order && own->lines[i].function != function)
            /* a start line that is known comes behind one that is not */
            order = merge_compare_functions(merge_function(merge, own->lines[i].function),
                                            merge_function(merge, function));
    }
    return order < 0;
}

/* The lines of scratch; their memory is new only if there are more than before. */
static void take_lines(struct profile_merge *merge, struct merge_location *own, uint32_t count)
{
    if (!is_better(merge, own, count))
        return;
    if (own->line_count < count)
        own->lines = arena_array(&merge->head->arena, count, sizeof(*own->lines));
    own->line_count = count;
    for (uint32_t i = 0; i < count; i++)
        own->lines[i] = (struct profile_line){(uint32_t)merge->location_key[3 + 2 * i],
                                              (int64_t)merge->location_key[4 + 2 * i]};
}

static uint32_t add_location(struct merge_intake *intake, const struct profile_location *location)
{
    struct profile_merge *merge = intake->merge;
    struct merge_location own = {.binary = PROFILE_NONE,
                                 .mapping = PROFILE_NONE,
                                 .off = location->ip,
                                 .has_address = location->ip != 0};
    size_t key_bytes;
    uint32_t id;

    if (location->mapping != PROFILE_NONE) {
        const struct profile_mapping *mapping = &intake->in->mappings[location->mapping];

        own.binary = intake->binaries[location->mapping];
        own.mapping = intake->mappings[location->mapping];
        own.off = own.has_address ? location->ip - mapping->start_ip + mapping->pgoff : 0;
    }
    key_bytes = location_key(intake, location, &own); /* which may move the key */
    id = byteset_add(&merge->location_keys, merge->location_key, key_bytes);
    if (id == merge->location_count)
        *ARRAY_PUSH(merge->locations, merge->location_count, merge->location_capacity) = own;
    if (own.mapping != PROFILE_NONE &&
        merge_compare_mappings(merge, own.mapping, merge->locations[id].mapping) < 0)
        merge->locations[id].mapping = own.mapping;
    take_lines(merge, &merge->locations[id], location->line_count);
    return id;
}

uint32_t merge_find_location(struct merge_intake *intake, uint32_t index)
{
    if (intake->locations[index] == PROFILE_NONE)
        intake->locations[index] = add_location(intake, &intake->in->locations[index]);
    return intake->locations[index];
}
