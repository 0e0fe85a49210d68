#include "profile/sampleprof.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"

struct sampleprof *sampleprof_new(void)
{
    return mem_alloc(sizeof(struct sampleprof));
}

void sampleprof_free(struct sampleprof *tree)
{
    if (!tree)
        return;
    for (size_t i = 0; i < tree->unit_count; i++)
        byteset_release(&tree->units[i].names);
    free(tree->units);
    free(tree->functions);
    byteset_release(&tree->names);
    byteset_release(&tree->keys);
    byteset_release(&tree->unit_paths);
    provenance_release(&tree->provenance);
    arena_release(&tree->arena);
    free(tree);
}

static const char *intern(struct sampleprof *tree, const char *name)
{
    uint32_t id = byteset_add(&tree->names, name, sampleprof_canonical_len(name));

    return byteset_at(&tree->names, id, NULL);
}

/* Makes a gap of one item at `index` of an array in the arena; the old array is left behind. */
static void *insert_gap(struct arena *arena, void *items, size_t *count, size_t *capacity,
                        size_t index, size_t item_bytes)
{
    char *grown = items;

    if (*count == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 4;
        grown = arena_array(arena, *capacity, item_bytes);
        if (*count)
            memcpy(grown, items, *count * item_bytes);
    }
    memmove(grown + (index + 1) * item_bytes, grown + index * item_bytes,
            (*count - index) * item_bytes);
    memset(grown + index * item_bytes, 0, item_bytes);
    ++*count;
    return grown;
}

int sampleprof_compare_sites(struct sampleprof_site a, struct sampleprof_site b)
{
    if (a.line_off != b.line_off)
        return a.line_off < b.line_off ? -1 : 1;
    return a.discriminator < b.discriminator ? -1 : a.discriminator > b.discriminator;
}

/* What tells functions apart: the canonical name, and for static ones their unit. */
static struct strbuf key_of(const char *name, const char *unit, bool is_static)
{
    struct strbuf key = {0};

    strbuf_add(&key, name, sampleprof_canonical_len(name));
    strbuf_add_char(&key, '\0');
    if (is_static)
        strbuf_add_text(&key, unit);
    return key;
}

struct sampleprof_function *sampleprof_find_function(const struct sampleprof *tree,
                                                     const char *name, const char *unit,
                                                     bool is_static)
{
    struct strbuf key = key_of(name, unit, is_static);
    uint32_t id;
    bool is_there = byteset_find(&tree->keys, key.data, key.len, &id);

    strbuf_release(&key);
    return is_there ? tree->functions[id] : NULL;
}

struct sampleprof_function *sampleprof_add_function(struct sampleprof *tree, const char *name,
                                                    const char *unit, bool is_static)
{
    struct strbuf key = key_of(name, unit, is_static);
    struct sampleprof_function *function;
    uint32_t id;

    name = intern(tree, name);
    id = byteset_add(&tree->keys, key.data, key.len);
    strbuf_release(&key);
    if (id < tree->function_count)
        return tree->functions[id];
    function = arena_alloc(&tree->arena, sizeof(*function));
    function->name = name;
    function->unit = arena_strdup(&tree->arena, unit);
    function->is_static = is_static;
    *ARRAY_PUSH(tree->functions, tree->function_count, tree->function_capacity) = function;
    return function;
}

struct sampleprof_function *sampleprof_add_callee(struct sampleprof *tree,
                                                  struct sampleprof_function *caller,
                                                  struct sampleprof_site site, const char *name)
{
    size_t low = 0, high = caller->call_count;
    struct sampleprof_function *callee;

    name = intern(tree, name);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct sampleprof_call *call = &caller->calls[middle];
        int order = sampleprof_compare_sites(call->site, site);

        if (order == 0)
            order = strcmp(call->callee->name, name);
        if (order == 0)
            return call->callee;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    callee = arena_alloc(&tree->arena, sizeof(*callee));
    callee->name = name;
    callee->unit = "";
    caller->calls = insert_gap(&tree->arena, caller->calls, &caller->call_count,
                               &caller->call_capacity, low, sizeof(*caller->calls));
    caller->calls[low] = (struct sampleprof_call){site, callee};
    return callee;
}

struct sampleprof_line *sampleprof_add_line(struct sampleprof *tree,
                                            struct sampleprof_function *function,
                                            struct sampleprof_site site)
{
    size_t low = 0, high = function->line_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = sampleprof_compare_sites(function->lines[middle].site, site);

        if (order == 0)
            return &function->lines[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    function->lines = insert_gap(&tree->arena, function->lines, &function->line_count,
                                 &function->line_capacity, low, sizeof(*function->lines));
    function->lines[low].site = site;
    return &function->lines[low];
}

void sampleprof_add_target(struct sampleprof *tree, struct sampleprof_line *line, const char *name,
                           uint64_t count)
{
    size_t low = 0, high = line->target_count;

    name = intern(tree, name);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(line->targets[middle].name, name);

        if (order == 0) {
            line->targets[middle].count = saturating_add(line->targets[middle].count, count);
            return;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    line->targets = insert_gap(&tree->arena, line->targets, &line->target_count,
                               &line->target_capacity, low, sizeof(*line->targets));
    line->targets[low] = (struct sampleprof_target){name, count};
}

struct sampleprof_unit *sampleprof_add_unit(struct sampleprof *tree, const char *path)
{
    uint32_t index = byteset_add_text(&tree->unit_paths, path);

    if (index == tree->unit_count)
        *ARRAY_PUSH(tree->units, tree->unit_count, tree->unit_capacity) =
            (struct sampleprof_unit){.path = arena_strdup(&tree->arena, path)};
    return &tree->units[index];
}

void sampleprof_add_unit_name(struct sampleprof *tree, struct sampleprof_unit *unit,
                              const char *name)
{
    size_t len = sampleprof_canonical_len(name);
    uint32_t id;

    if (byteset_find(&tree->names, name, len, &id))
        byteset_add(&unit->names, name, len);
}

static uint64_t set_total(struct sampleprof_function *function)
{
    function->total = 0;
    for (size_t i = 0; i < function->line_count; i++)
        function->total = saturating_add(function->total, function->lines[i].count);
    for (size_t i = 0; i < function->call_count; i++)
        function->total = saturating_add(function->total, set_total(function->calls[i].callee));
    return function->total;
}

static int compare_functions(const void *left, const void *right)
{
    const struct sampleprof_function *a = *(struct sampleprof_function *const *)left;
    const struct sampleprof_function *b = *(struct sampleprof_function *const *)right;
    int order;

    if (a->total != b->total)
        return a->total > b->total ? -1 : 1;
    order = strcmp(a->name, b->name);
    return order ? order : strcmp(a->unit, b->unit);
}

static int compare_units(const void *left, const void *right)
{
    const struct sampleprof_unit *a = left, *b = right;

    return strcmp(a->path, b->path);
}

/* Units move when they are sorted; afterwards they are found again by their new index. */
static void sort_units(struct sampleprof *tree)
{
    if (!tree->unit_count)
        return;
    qsort(tree->units, tree->unit_count, sizeof(*tree->units), compare_units);
    byteset_release(&tree->unit_paths);
    for (size_t i = 0; i < tree->unit_count; i++)
        byteset_add_text(&tree->unit_paths, tree->units[i].path);
}

void sampleprof_finish(struct sampleprof *tree)
{
    for (size_t i = 0; i < tree->function_count; i++)
        set_total(tree->functions[i]);
    if (tree->function_count)
        qsort(tree->functions, tree->function_count, sizeof(struct sampleprof_function *),
              compare_functions);
    sort_units(tree);
}

const struct sampleprof_function **sampleprof_flatten(struct sampleprof *tree, size_t *count)
{
    const struct sampleprof_function **flat =
        arena_array(&tree->arena, tree->function_count, sizeof(*flat));
    struct byteset names = {0};

    *count = 0;
    for (size_t i = 0; i < tree->function_count; i++) {
        byteset_add_text(&names, tree->functions[i]->name);
        if (names.count > *count)
            flat[(*count)++] = tree->functions[i];
    }
    byteset_release(&names);
    return flat;
}

size_t sampleprof_canonical_len(const char *name)
{
    static const char *const suffixes[] = {".llvm.", ".part.", ".cold", ".isra.", ".constprop."};
    size_t len = strlen(name);

    for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
        const char *at = strstr(name, suffixes[i]);

        if (at && at != name && (size_t)(at - name) < len)
            len = (size_t)(at - name);
    }
    return len;
}

bool sampleprof_is_name(const char *name)
{
    if (*name == '\0' || *name == ' ' || *name == '#' || (*name >= '0' && *name <= '9'))
        return false;
    for (; *name; name++)
        if ((unsigned char)*name < 0x20 || *name == 0x7f)
            return false;
    return true;
}

/*
 * Three numbers in turn: base, duplication factor, copy id. Each is
 *
 *   bit 0 = 1                  the number is 0 (1 bit used)
 *   bit 0 = 0, bit 6 = 0       5 bits: 1..5 (7 bits used)
 *   bit 0 = 0, bit 6 = 1       12 bits: 1..5 low, 7..13 high (14 bits used)
 */
static uint32_t next_component(uint32_t *encoded)
{
    uint32_t rest = *encoded;

    if (rest & 1) {
        *encoded = rest >> 1;
        return 0;
    }
    rest >>= 1;
    if (rest & 0x20) {
        *encoded = rest >> 13;
        return (rest & 0x1f) | ((rest >> 1) & 0xfe0);
    }
    *encoded = rest >> 6;
    return rest & 0x1f;
}

struct sampleprof_discriminator sampleprof_decode_discriminator(uint32_t encoded)
{
    struct sampleprof_discriminator decoded;

    decoded.base = next_component(&encoded);
    decoded.factor = next_component(&encoded);
    if (decoded.factor == 0)
        decoded.factor = 1;
    return decoded;
}
