#include "pgo-bench/code.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "binary/image.h"

/* The name without what a compiler adds for a part or a copy of a function. */
static size_t own_length(const char *name)
{
    static const char *const suffixes[] = {".cold", ".part.", ".isra.", ".constprop.", ".llvm."};
    size_t len = strlen(name);

    for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
        const char *found = strstr(name + (*name != '\0'), suffixes[i]);

        if (found && (size_t)(found - name) < len)
            len = (size_t)(found - name);
    }
    return len;
}

static struct code_function *function_at(struct code *code, const char *name)
{
    uint32_t id = byteset_add(&code->names, name, own_length(name));

    if (id == code->count)
        *ARRAY_PUSH(code->functions, code->count, code->capacity) = (struct code_function){0};
    return &code->functions[id];
}

static void add_symbols(struct code *code, const struct image *image, enum code_side side)
{
    size_t count;
    const struct image_symbol *symbols = image_symbols(image, &count);

    if (!image_has_symbols(image))
        return;
    for (size_t i = 0; i < count; i++) {
        uint64_t bytes = symbols[i].end_vaddr - symbols[i].start_vaddr;

        function_at(code, symbols[i].name)->bytes[side] += bytes;
        code->function_bytes[side] += bytes;
    }
}

static bool read_side(struct code *code, const char *path, enum code_side side)
{
    struct err err = {0};
    struct image *image = image_open(path, &err);
    struct stat status;

    if (!image)
        return false;
    add_symbols(code, image, side);
    code->build_ids[side] = mem_strdup(image_build_id(image));
    code->file_bytes[side] = stat(path, &status) == 0 ? (uint64_t)status.st_size : 0;
    image_close(image);
    return true;
}

static uint64_t difference(const struct code_function *function)
{
    const uint64_t *bytes = function->bytes;

    return bytes[CODE_BASE] > bytes[CODE_TEST] ? bytes[CODE_BASE] - bytes[CODE_TEST]
                                               : bytes[CODE_TEST] - bytes[CODE_BASE];
}

static int compare_functions(const void *left, const void *right)
{
    uint64_t a = difference(left), b = difference(right);

    if (a != b)
        return a < b ? 1 : -1;
    return strcmp(((const struct code_function *)left)->name,
                  ((const struct code_function *)right)->name);
}

static bool same_file(const char *base_path, const char *test_path)
{
    struct stat base, test;

    return stat(base_path, &base) == 0 && stat(test_path, &test) == 0 &&
           base.st_dev == test.st_dev && base.st_ino == test.st_ino;
}

bool code_compare(struct code *code, const char *base_path, const char *test_path)
{
    if (same_file(base_path, test_path) || !read_side(code, base_path, CODE_BASE) ||
        !read_side(code, test_path, CODE_TEST)) {
        code_release(code);
        return false;
    }
    for (size_t i = 0; i < code->count; i++) {
        struct code_function *function = &code->functions[i];

        function->name = byteset_at(&code->names, (uint32_t)i, NULL);
        code->gone += function->bytes[CODE_TEST] == 0;
        code->added += function->bytes[CODE_BASE] == 0;
    }
    if (code->count)
        qsort(code->functions, code->count, sizeof(*code->functions), compare_functions);
    return true;
}

void code_release(struct code *code)
{
    for (int side = 0; side < CODE_SIDES; side++)
        free(code->build_ids[side]);
    free(code->functions);
    byteset_release(&code->names);
    *code = (struct code){0};
}
