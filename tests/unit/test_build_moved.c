/* Names in an object that a slice lacks, and what an object says; of this very program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../pgo-build/elf_object.h"
#include "../../pgo-build/moved.h"
#include "base/file.h"
#include "base/path.h"

static const char self[] = "/proc/self/exe";

struct scene {
    char folder[64];
    struct strbuf program;
    struct err err;
};

static char *put(struct scene *scene, const char *name, const void *bytes, size_t len)
{
    char *path = path_join(scene->folder, name), *folder = path_folder(path);

    assert_true(file_make_folders(folder, &scene->err));
    assert_true(file_write(path, bytes, len, FILE_REPLACE, &scene->err));
    free(folder);
    return path;
}

static int setup(void **state)
{
    static struct scene scene;

    scene = (struct scene){.folder = "/tmp/build-moved-XXXXXX"};
    *state = &scene;
    return mkdtemp(scene.folder) && file_read(self, (size_t)1 << 30, &scene.program, &scene.err)
               ? 0
               : -1;
}

static int teardown(void **state)
{
    static const char *const names[] = {"whole/names", "slice/names", "whole", "slice", "object"};
    struct scene *scene = *state;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        char *path = path_join(scene->folder, names[i]);

        if (unlink(path) != 0)
            rmdir(path);
        free(path);
    }
    strbuf_release(&scene->program);
    return rmdir(scene->folder);
}

/* How many of the whole profile's names this program has and the slice lacks. */
static size_t count_moved(struct scene *scene, const char *whole, const char *slice)
{
    char *whole_names = put(scene, "whole/names", whole, strlen(whole));
    char *slice_names = put(scene, "slice/names", slice, strlen(slice));
    char *whole_path = path_join(scene->folder, "whole/default.prof");
    char *slice_path = path_join(scene->folder, "slice/default.prof");
    struct byteset names = {0};
    size_t count;

    moved_find(self, slice_path, whole_path, false, &names);
    count = names.count;
    byteset_release(&names);
    free(whole_names);
    free(slice_names);
    free(whole_path);
    free(slice_path);
    return count;
}

static void test_moved(void **state)
{
    assert_int_equal(count_moved(*state, "\ncount_moved\nmain\nnot here\n", "\n"), 2);
    assert_int_equal(count_moved(*state, "\ncount_moved\nmain\nnot here\n", "\nmain\n"), 1);
    assert_int_equal(count_moved(*state, "\ncount_moved\nmain\n", "\ncount_moved\nmain\n"), 0);
    assert_int_equal(count_moved(*state, "\n", "\n"), 0);
    assert_int_equal(count_moved(*state, "", "\n"), 0);          /* no names, no answer */
    assert_int_equal(count_moved(*state, "\nrmdir\n", "\n"), 0); /* called, not defined */
}

static struct content_name content_of(struct scene *scene, size_t len)
{
    char *path = put(scene, "object", scene->program.data, len);
    struct content_name name;

    assert_true(elf_object_content(path, &name));
    free(path);
    return name;
}

/* A section of the program, by name. */
static size_t offset_of(const struct scene *scene, const char *name)
{
    struct elf_section section;
    struct elf_object object;
    size_t offset = 0;

    assert_true(elf_object_open(&object, self));
    for (size_t i = 0; i < object.section_count; i++)
        if (elf_object_section(&object, i, &section) && strcmp(section.name, name) == 0)
            offset = (size_t)((const char *)section.data - (const char *)object.map.data);
    elf_object_close(&object);
    assert_true(offset && offset < scene->program.len);
    return offset;
}

static void test_content(void **state)
{
    struct scene *scene = *state;
    struct content_name before = content_of(scene, scene->program.len), after;
    char *code = scene->program.data + offset_of(scene, ".text");

    *code ^= 1;
    after = content_of(scene, scene->program.len);
    assert_string_not_equal(before.text, after.text);
    *code ^= 1;
    after = content_of(scene, scene->program.len);
    assert_string_equal(before.text, after.text);
}

/* Cut anywhere, and with any number in the headers turned: fewer sections, and no more. */
static void test_damage(void **state)
{
    struct scene *scene = *state;
    size_t len = scene->program.len;
    uint64_t table;

    memcpy(&table, scene->program.data + 0x28, sizeof(table)); /* e_shoff */
    for (size_t cut = 1; cut < len; cut += len / 40)
        content_of(scene, cut);
    for (size_t i = 0; i < 64; i++) {
        scene->program.data[i] ^= (char)0xff;
        content_of(scene, len);
        scene->program.data[i] ^= (char)0xff;
    }
    for (size_t i = table; i < len && i < table + 192; i++) {
        scene->program.data[i] ^= (char)0xff;
        content_of(scene, len);
        scene->program.data[i] ^= (char)0xff;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moved),
        cmocka_unit_test(test_content),
        cmocka_unit_test(test_damage),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
