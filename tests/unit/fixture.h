/*
 * fixture.h - the executables of tests/fuzz/corpus/binary, for unit tests.
 *
 * Their source is tests/data/fixture.c; tests/data/build-fixtures makes them.
 */
#ifndef TESTS_UNIT_FIXTURE_H
#define TESTS_UNIT_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "binary/image.h"

static const char *const fixture_names[] = {"dwarf4", "dwarf5", "compressed", "compressed_zstd"};

static inline char *fixture_path(const char *name)
{
    return mem_format("%s/tests/fuzz/corpus/binary/%s", getenv("SOURCE_DIR"), name);
}

static inline struct image *fixture_open(const char *name)
{
    char *path = fixture_path(name);
    struct err err = {0};
    struct image *image = image_open(path, &err);

    assert_non_null(image);
    free(path);
    return image;
}

static inline struct image_symbol fixture_symbol(const struct image *image, const char *name)
{
    size_t count;
    const struct image_symbol *symbols = image_symbols(image, &count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(symbols[i].name, name) == 0)
            return symbols[i];
    fail_msg("no symbol %s", name);
    return (struct image_symbol){0};
}

#endif
