/* Which results are set to be rebuilt: exactly those that would be given something else now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../pgo-build/objects.h"
#include "base/file.h"
#include "base/path.h"

static const unsigned full =
    INJECT_TAKES_PROFILE | INJECT_TAKES_LINES | INJECT_TAKES_G1 | INJECT_TAKES_PROBES;

struct scene {
    char folder[64];
    char *output;
    struct session session;
    struct err err;
};

static int setup(void **state)
{
    static struct scene scene;

    scene = (struct scene){.folder = "/tmp/build-objects-XXXXXX"};
    if (!mkdtemp(scene.folder))
        return -1;
    scene.output = path_join(scene.folder, "a.o");
    scene.session.selection.root = "/p";
    scene.session.selection.fallback =
        (struct selection_profile){"/p/default.pgo", "/cache/1", false, NULL};
    session_add_tool(&scene.session, "cc", "/usr/bin/clang-22");
    *state = &scene;
    return file_write(scene.output, "o", 1, FILE_REPLACE, &scene.err) ? 0 : -1;
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    char *file = path_join(scene->folder, "objects");

    unlink(file);
    unlink(scene->output);
    rmdir(scene->folder);
    free(file);
    free(scene->output);
    session_release(&scene->session);
    return 0;
}

/* As the launcher does it. */
static void note_shape(struct scene *scene, unsigned shape, const char *profile,
                       enum probes_mode probes)
{
    const struct selection_profile given = {"/p/default.pgo", profile, false, NULL};
    const struct selection selection = {.root = "/p", .probes = probes};
    struct inject_flags flags = {0};
    struct arena arena = {0};
    struct content_name key;
    struct object object = {.output = scene->output,
                            .source = "/p/a.c",
                            .asked = "cc",
                            .verdict = INJECT_PROFILE,
                            .shape = shape,
                            .staleness = {true, 100, 1, 2}};

    inject_spell(&flags, shape, profile ? &given : NULL, &selection, &arena);
    key = inject_key("/usr/bin/clang-22", &flags);
    object.key = key.text;
    objects_append(scene->folder, &object);
    arena_release(&arena);
}

static void note(struct scene *scene, const char *profile)
{
    note_shape(scene, full, profile, PROBES_AUTO);
}

static bool is_expired(const struct scene *scene)
{
    struct stat status;

    assert_int_equal(stat(scene->output, &status), 0);
    return status.st_mtim.tv_sec < 315532800; /* 1980-01-01, which zip gives to sources */
}

static struct objects_count refresh(struct scene *scene)
{
    struct objects_count count;

    assert_true(objects_refresh(scene->folder, &scene->session, &count, &scene->err));
    return count;
}

static struct objects_count count_now(struct scene *scene, uint64_t since_ns)
{
    struct objects_count count;

    assert_true(objects_count(scene->folder, &scene->session, scene->folder, since_ns, &count,
                              &scene->err));
    return count;
}

static void test_same_key_stays(void **state)
{
    struct objects_count count;

    note(*state, "/cache/1");
    for (int i = 0; i < 3; i++) {
        count = refresh(*state);
        assert_int_equal(count.known, 1);
        assert_int_equal(count.current, 1);
        assert_int_equal(count.stale, 0);
        assert_int_equal(count.staleness.found, 100);
        assert_int_equal(count.staleness.changed, 2);
    }
    assert_false(is_expired(*state));
}

/* A launcher that was killed: its compiler may have written the output all the same. */
static void test_begun_and_never_done(void **state)
{
    struct scene *scene = *state;
    const struct object object = {.output = scene->output,
                                  .source = "/p/a.c",
                                  .asked = "cc",
                                  .verdict = INJECT_PROFILE,
                                  .key = "x"};

    note(scene, "/cache/1");
    objects_begin(scene->folder, &object);
    assert_int_equal(refresh(scene).stale, 1);
    assert_true(is_expired(scene));
    note(scene, "/cache/1");
    assert_int_equal(count_now(scene, UINT64_MAX).known, 1);
}

static void test_other_key_goes(void **state)
{
    struct scene *scene = *state;
    struct objects_count count;

    note(scene, "/cache/2");
    count = count_now(scene, 0);
    assert_int_equal(count.stale, 1);
    assert_false(is_expired(scene)); /* counting touches nothing */
    assert_int_equal(refresh(scene).stale, 1);
    assert_true(is_expired(scene));
    note(scene, "/cache/1"); /* the last entry counts; the file's time is as noted */
    assert_int_equal(refresh(scene).stale, 1); /* ... but long ago is never up to date */
}

static void test_profile_comes_and_goes(void **state)
{
    struct scene *scene = *state;

    note(scene, NULL);
    assert_int_equal(refresh(scene).stale, 1);
    assert_int_equal(teardown(state), 0);
    assert_int_equal(setup(state), 0);
    scene->session.selection.fallback = (struct selection_profile){0};
    note(scene, NULL);
    assert_int_equal(refresh(scene).stale, 0);
}

/* Whoever may have probes follows -probes and the kind of its profile; others stay. */
static void test_probes(void **state)
{
    struct scene *scene = *state;
    struct selection *selection = &scene->session.selection;

    note(scene, "/cache/1");
    selection->probes = PROBES_ON;
    assert_int_equal(count_now(scene, 0).stale, 1);
    selection->probes = PROBES_OFF;
    assert_int_equal(count_now(scene, 0).stale, 0);
    selection->probes = PROBES_AUTO;
    selection->fallback.by_probe = true;
    assert_int_equal(count_now(scene, 0).stale, 1);
    selection->fallback = (struct selection_profile){0}; /* ready to be profiled */
    note_shape(scene, full & ~(unsigned)INJECT_TAKES_PROBES, NULL, PROBES_ON);
    selection->probes = PROBES_ON;
    assert_int_equal(count_now(scene, 0).stale, 0);
    selection->probes = PROBES_AUTO;
    assert_int_equal(count_now(scene, 0).stale, 0);
}

static void test_other_compiler(void **state)
{
    struct scene *scene = *state;

    note(scene, "/cache/1");
    scene->session.tools[0].path = "/usr/bin/clang-19";
    assert_int_equal(refresh(scene).stale, 1);
}

/* Somebody else wrote the result since: nobody knows what it carries. */
static void test_rewritten(void **state)
{
    struct scene *scene = *state;
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1000000000}};

    note(scene, "/cache/1");
    assert_int_equal(count_now(scene, 0).passed_by, 0);
    assert_int_equal(utimensat(AT_FDCWD, scene->output, times, 0), 0);
    assert_int_equal(count_now(scene, 1000000000ULL * 1000000000ULL).passed_by, 1);
    assert_int_equal(count_now(scene, 1000000001ULL * 1000000000ULL).passed_by, 0);
    assert_int_equal(refresh(scene).stale, 1);
    assert_true(is_expired(scene));
}

/* An output that is a link (-o /dev/stdout) leads to a file that is not ours. */
static void test_link(void **state)
{
    struct scene *scene = *state;
    char *target = path_join(scene->folder, "target");

    assert_int_equal(rename(scene->output, target), 0);
    assert_int_equal(symlink("target", scene->output), 0);
    note(scene, "/cache/2");
    assert_int_equal(refresh(scene).known, 0);
    objects_expire(scene->output);
    assert_false(is_expired(scene)); /* stat() looks at the target */
    unlink(target);
    free(target);
}

static void test_gone_and_unknown(void **state)
{
    struct scene *scene = *state;
    struct objects_count count;

    count = count_now(scene, 0);
    assert_int_equal(count.known, 0);
    assert_int_equal(count.unknown, 1);
    assert_int_equal(count.passed_by, 1);
    assert_int_equal(count_now(scene, UINT64_MAX).passed_by, 0);
    note(scene, "/cache/1");
    unlink(scene->output);
    assert_int_equal(refresh(scene).known, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_same_key_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(test_begun_and_never_done, setup, teardown),
        cmocka_unit_test_setup_teardown(test_other_key_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_profile_comes_and_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_probes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_other_compiler, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rewritten, setup, teardown),
        cmocka_unit_test_setup_teardown(test_link, setup, teardown),
        cmocka_unit_test_setup_teardown(test_gone_and_unknown, setup, teardown)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
