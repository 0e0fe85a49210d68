/* Pseudo-probes of the fixture, whole and damaged; tests/e2e/probes.sh asks llvm-profgen. */
#include "binary/probes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "fixture.h"

static bool is_named(const struct probes *probes, uint32_t scope, const char *name)
{
    const struct probe_function *function = &probes->functions[probes->scopes[scope].function];

    return function->name_len == strlen(name) && memcmp(function->name, name, strlen(name)) == 0;
}

/* How many copies of the function's entry probe there are in code of `symbol`. */
static size_t count_entries(const struct probes *probes, struct image_symbol symbol,
                            const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < probes->count; i++)
        count += probes->items[i].index == PROBE_ENTRY &&
                 is_named(probes, probes->items[i].scope, name) &&
                 probes->items[i].vaddr >= symbol.start_vaddr &&
                 probes->items[i].vaddr < symbol.end_vaddr;
    return count;
}

static void probes_lie_in_their_functions(void **state)
{
    struct image *image = fixture_open("probed");
    struct err err = {0};
    struct probes *probes = probes_read(image, &err);

    (void)state;
    assert_non_null(probes);
    assert_int_equal(probes->function_count, 5);
    assert_int_equal(count_entries(probes, fixture_symbol(image, "pick"), "pick"), 1);
    assert_int_equal(count_entries(probes, fixture_symbol(image, "sum"), "sum"), 1);
    assert_int_equal(count_entries(probes, fixture_symbol(image, "sum"), "pick"), 0);
    for (size_t i = 1; i < probes->count; i++)
        assert_true(probes->items[i - 1].vaddr <= probes->items[i].vaddr);
    for (size_t i = 0; i < probes->scope_count; i++)
        assert_true(probes->scopes[i].parent == PROBE_NONE || probes->scopes[i].parent < i);
    probes_free(probes);
    image_close(image);
}

static void functions_are_found_by_guid(void **state)
{
    struct image *image = fixture_open("probed");
    struct err err = {0};
    struct probes *probes = probes_read(image, &err);
    const struct probe_function *sum;

    (void)state;
    assert_non_null(probes);
    sum = probes_find_function(probes, UINT64_C(0xe49c3f68893b621d)); /* MD5("sum"), low half */
    assert_non_null(sum);
    assert_memory_equal(sum->name, "sum", 3);
    assert_null(probes_find_function(probes, 1));
    probes_free(probes);
    image_close(image);
}

static void an_image_may_have_none(void **state)
{
    struct image *image = fixture_open("dwarf5");
    struct err err = {0};

    (void)state;
    assert_null(probes_read(image, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    image_close(image);
}

static struct image *open_bytes(const struct strbuf *bytes, int *fd)
{
    struct err err = {0};
    struct image *image;
    char *path;

    *fd = memfd_create("image", MFD_CLOEXEC);
    assert_true(file_write_fd(*fd, bytes->data, bytes->len));
    path = mem_format("/proc/self/fd/%d", *fd);
    image = image_open(path, &err);
    free(path);
    return image;
}

/* Each byte of the file that holds "sum" and what follows it, changed: an error, or fewer probes.
 */
static void damage_is_an_error_or_less(void **state)
{
    char *path = fixture_path("probed");
    struct strbuf bytes = {0};
    struct err err = {0};
    size_t errors = 0;
    char *found;

    (void)state;
    assert_true(file_read(path, 1 << 20, &bytes, &err));
    found = memmem(bytes.data, bytes.len, "\x1d\x62\x3b\x89\x68\x3f\x9c\xe4", 8);
    assert_non_null(found);
    for (size_t i = (size_t)(found - bytes.data); i < (size_t)(found - bytes.data) + 300; i++) {
        char before = bytes.data[i];
        struct image *image;
        struct probes *probes;
        int fd;

        bytes.data[i] = (char)(before ^ 0xff);
        image = open_bytes(&bytes, &fd);
        assert_non_null(image);
        probes = probes_read(image, &err);
        errors += !probes;
        probes_free(probes);
        image_close(image);
        close(fd);
        bytes.data[i] = before;
    }
    assert_true(errors > 10);
    strbuf_release(&bytes);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probes_lie_in_their_functions),
        cmocka_unit_test(functions_are_found_by_guid),
        cmocka_unit_test(an_image_may_have_none),
        cmocka_unit_test(damage_is_an_error_or_less),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
