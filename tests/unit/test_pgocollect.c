/* The pure parts of libpgocollect: ring, settings, labels, window, the folder's bound. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "../../collect/libpgocollect/folder.h"
#include "../../collect/libpgocollect/labels.h"
#include "../../collect/libpgocollect/sample_ring.h"
#include "../../collect/libpgocollect/settings.h"
#include "../../collect/libpgocollect/slot.h"
#include "../../collect/libpgocollect/survive.h"
#include "../../collect/libpgocollect/window.h"
#include "pgo_collect.h"

enum { IPS_MAX = 8 };

/* Any order of writing and reading: what was committed comes out, once, in order. */
static void test_ring_keeps_order(void **state)
{
    uint64_t memory[128];
    struct sample_ring ring = {.data = (unsigned char *)memory, .bytes = sizeof(memory)};
    uint64_t written = 0, read = 0, refused = 0, asked = 0, drained = 0;

    (void)state;
    for (unsigned step = 0; step < 10000; step++) {
        struct sample *sample = sample_ring_reserve(&ring, IPS_MAX);
        const struct sample *next;

        refused += !sample;
        if (sample) {
            sample->flags = 0;
            sample->weight = written++;
            sample->ip_count = (uint16_t)(step % (IPS_MAX + 1));
            asked += sample_ring_commit(&ring, sample);
        }
        if (step % 64 != 0) /* it is full meanwhile */
            continue;
        drained++;
        while ((next = sample_ring_peek(&ring))) {
            assert_int_equal(next->weight, read++);
            sample_ring_consume(&ring, next);
        }
    }
    while (sample_ring_peek(&ring)) {
        read++;
        sample_ring_consume(&ring, sample_ring_peek(&ring));
    }
    assert_int_equal(read, written);
    assert_true(refused > 0);
    assert_int_equal(asked, drained); /* each time it was more than half full, once */
}

/* A handler that was on its way at the thread's end delivers a period that is not due again. */
static void test_slot_end_counts_once(void **state)
{
    struct slot slot = {.end_due = 5};

    (void)state;
    slot.weight = 3;
    assert_int_equal(slot_end_weight(&slot), 2);
    slot.weight = 5; /* the handler has come to its end */
    assert_int_equal(slot_end_weight(&slot), 0);
    slot.carried_weight = 1; /* ... and found no room */
    assert_int_equal(slot_end_weight(&slot), 1);
    slot.end_due = 0; /* the thread was gone */
    assert_int_equal(slot_end_weight(&slot), 1);
}

static const char *hz, *interval, *dir_max;

static const char *look_up(const char *name)
{
    return strcmp(name, "PGO_COLLECT_HZ") == 0         ? hz
           : strcmp(name, "PGO_COLLECT_INTERVAL") == 0 ? interval
           : strcmp(name, "PGO_COLLECT_DIR_MAX") == 0  ? dir_max
           : strcmp(name, "PGO_COLLECT_DIR") == 0      ? "profiles"
                                                       : NULL;
}

static void test_settings_from_environment(void **state)
{
    struct settings settings;
    struct err err = {0};

    (void)state;
    hz = "250", interval = "5m", dir_max = "1G";
    assert_true(settings_from_environment(&settings, look_up, &err));
    assert_int_equal(settings.hz, 250);
    assert_int_equal(settings.interval_s, 300);
    assert_int_equal(settings.dir_max_bytes, 1 << 30);
    assert_string_equal(settings.dir, "profiles");
    assert_true(settings_ask_for_output(&settings));
    settings_release(&settings);
    hz = interval = dir_max = "";
    assert_true(settings_from_environment(&settings, look_up, &err));
    assert_int_equal(settings.hz, 100);
    assert_int_equal(settings.interval_s, 60);
    settings_release(&settings);
}

static void test_settings_refuse(void **state)
{
    static const char *const wrong[] = {
        "0", "1001", "-1", "1e3", "100Hz", "m", " 1", "99999999999999999999999999999999999999999"};
    struct settings settings;

    (void)state;
    interval = dir_max = NULL;
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct err err = {0};

        hz = wrong[i];
        assert_false(settings_from_environment(&settings, look_up, &err));
        assert_int_equal(err.kind, ERR_USAGE);
        assert_non_null(strstr(err.message, "PGO_COLLECT_HZ"));
    }
}

static void test_settings_from_config(void **state)
{
    struct pgo_collect_config config = {.size = sizeof(config), .hz = 50, .dir = "here"};
    struct settings settings;
    struct err err = {0};

    (void)state;
    assert_true(settings_from_config(&settings, &config, &err));
    assert_int_equal(settings.hz, 50);
    assert_string_equal(settings.dir, "here");
    assert_null(settings.push);
    settings_release(&settings);
    config.hz = 5000;
    assert_false(settings_from_config(&settings, &config, &err));
    config.hz = 0, config.size = 3;
    assert_false(settings_from_config(&settings, &config, &err));
}

/* What a program gives that was compiled with another header. */
static void test_settings_from_other_config(void **state)
{
    struct {
        struct pgo_collect_config config;
        unsigned char more[64];
    } newer = {.config = {.size = sizeof(newer), .hz = 50, .show_arguments = 1}};
    struct pgo_collect_config older = {.size = offsetof(struct pgo_collect_config, show_arguments),
                                       .heap_bytes = 4096,
                                       .show_arguments = 77};
    struct settings settings;
    struct err err = {0};

    (void)state;
    assert_true(settings_from_config(&settings, &newer.config, &err));
    assert_int_equal(settings.command_line, 1);
    newer.more[63] = 1;
    assert_false(settings_from_config(&settings, &newer.config, &err));
    assert_non_null(strstr(err.message, "a newer header's"));
    assert_true(settings_from_config(&settings, &older, &err));
    assert_int_equal(settings.heap_bytes, 4096);
    assert_int_equal(settings.command_line, 0); /* what is behind its end is not read */
    older.size--;
    assert_false(settings_from_config(&settings, &older, &err));
    older.size = SIZE_MAX;
    assert_false(settings_from_config(&settings, &older, &err));
    older = (struct pgo_collect_config){.size = sizeof(older), .show_arguments = 2};
    assert_false(settings_from_config(&settings, &older, &err));
    older = (struct pgo_collect_config){.size = sizeof(older), .reserved = 1};
    assert_false(settings_from_config(&settings, &older, &err));
}

static void test_labels(void **state)
{
    struct profile_label labels[LABELS_KEY_COUNT_MAX];
    uint32_t one, other, same;
    struct err err = {0};

    (void)state;
    assert_true(labels_change(0, "b", "2", &one, &err));
    assert_true(labels_change(one, "a", "1", &one, &err));
    assert_true(labels_change(0, "a", "1", &other, &err));
    assert_true(labels_change(other, "b", "2", &same, &err));
    assert_int_equal(one, same); /* in whatever order they were set */
    assert_int_equal(labels_get(one, labels), 2);
    assert_string_equal(labels[0].key, "a");
    assert_string_equal(labels[1].text, "2");
    assert_true(labels_change(one, "b", NULL, &same, &err));
    assert_int_equal(same, other);
    assert_true(labels_change(one, NULL, NULL, &same, &err));
    assert_int_equal(same, 0);
    assert_int_equal(labels_get(0, labels), 0);
    assert_false(labels_change(0, "", "x", &same, &err));
    assert_false(labels_change(0, "trace_id", "x", &same, &err)); /* pgo_collect_trace_set()'s */
    assert_non_null(strstr(err.message, "pgo_collect_trace_set"));
}

static void test_labels_are_bounded(void **state)
{
    struct err err = {0};
    uint32_t set = 0, count = 0, many = 0;

    (void)state;
    for (; count < 100; count++) {
        char key[16];

        snprintf(key, sizeof(key), "k%u", count);
        if (!labels_change(set, key, "v", &set, &err))
            break;
    }
    assert_int_equal(count, LABELS_KEY_COUNT_MAX);
    for (; many < 2 * LABELS_SET_COUNT_MAX; many++) {
        char value[16];

        snprintf(value, sizeof(value), "%u", many);
        if (!labels_change(0, "request", value, &set, &err))
            break;
    }
    assert_true(many < LABELS_SET_COUNT_MAX);
    assert_int_equal(err.kind, ERR_LIMIT);
}

/* Weight in is weight out, also when the table is full and stacks are cut. */
static void test_window_is_bounded(void **state)
{
    struct window *window = window_new(4096, 1000);
    struct profile *profile;
    int64_t sum = 0;

    (void)state;
    for (uint64_t i = 0; i < 1000; i++) {
        struct sample sample = {.weight = 3};
        struct stack_frame frames[2] = {{.ip = 1 + i % 7, .mapping = ADDRESS_SPACE_NONE},
                                        {.ip = 1 + i, .mapping = ADDRESS_SPACE_NONE}};

        window_add(window, &sample, UNWIND_COMPLETE, frames, 2);
    }
    assert_true(window->cut_weight > 0);
    assert_true(window->bytes < 3 * 4096);
    profile = window_profile(window, NULL, 0);
    for (size_t i = 0; i < profile->sample_count; i++)
        sum += profile->samples[i].values[0];
    assert_int_equal(sum, 3000);
    profile_free(profile);
    window_free(window);
}

/* Readers take the first mapping for the program: it comes before a library with more samples. */
static void test_program_is_first(void **state)
{
    const struct code_mapping mappings[] = {
        {.start_ip = 0x7000, .limit_ip = 0x8000, .file = "/lib/libc.so.6", .build_id = ""},
        {.start_ip = 0x5000,
         .limit_ip = 0x6000,
         .file = "/bin/x",
         .build_id = "",
         .is_program = 1}};
    const struct stack_frame frames[] = {{.ip = 0x7001, .mapping = 0},
                                         {.ip = 0x5001, .mapping = 1}};
    struct sample sample = {.weight = 3};
    struct window *window = window_new(4096, 1000);
    struct profile *profile;

    (void)state;
    window_add(window, &sample, UNWIND_COMPLETE, frames, 2);
    profile = window_profile(window, mappings, 2);
    assert_int_equal(profile->mapping_count, 2);
    assert_string_equal(profile->mappings[0].file, "/bin/x");
    profile_free(profile);
    window_free(window);
}

static void allocate_too_much(void *reached)
{
    *(bool *)reached = true;
    free(mem_array(SIZE_MAX / 2, 3));
    *(bool *)reached = false;
}

static void test_survives_out_of_memory(void **state)
{
    uint64_t before = survive_count();
    bool reached = false;

    (void)state;
    assert_false(survive_run(allocate_too_much, &reached));
    assert_true(reached);
    assert_int_equal(survive_count(), before + 1);
}

static void write_file(const char *dir, const char *name, size_t bytes)
{
    char *path = mem_format("%s/%s", dir, name), *data = mem_alloc(bytes);
    struct err err = {0};

    assert_true(file_write(path, data, bytes, FILE_REPLACE, &err));
    free(data);
    free(path);
}

static bool remains(const char *dir, const char *name)
{
    char *path = mem_format("%s/%s", dir, name);
    bool there = file_exists(path);

    unlink(path);
    free(path);
    return there;
}

#define FORM(letter, ending) "app." letter ".20261128T010203.004Z" ending

static void test_folder_is_bounded(void **state)
{
    static const char *const others[] = {
        "notes.txt",
        "important.pprof.gz",
        "app.1.pprof.gz",
        "app.1.20261128T010203Z.pprof.gz",
        "app.x.20261128T010203.004Z.pprof.gz",
        ".1.20261128T010203.004Z.pprof.gz",
        "app.1.20261128T010203.004Z.pprof.gz.bak",
        "app.1.2.20261128T010203.004Z.pprof.gz",
    };
    char dir[] = "/tmp/pgo-folder-XXXXXX";
    char *keep;

    (void)state;
    assert_non_null(mkdtemp(dir));
    write_file(dir, FORM("1", ".pprof.gz"), 1000);
    write_file(dir, FORM("2", ".pprof.gz"), 1000);
    write_file(dir, FORM("3", ".heap.gz"), 1000);
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        write_file(dir, others[i], 5000);
    keep = mem_format("%s/%s", dir, FORM("1", ".pprof.gz"));
    folder_prune(dir, 2000, keep);
    free(keep);
    assert_true(remains(dir, FORM("1", ".pprof.gz")));
    assert_int_equal(remains(dir, FORM("2", ".pprof.gz")) + remains(dir, FORM("3", ".heap.gz")), 1);
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        assert_true(remains(dir, others[i]));
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ring_keeps_order),
        cmocka_unit_test(test_slot_end_counts_once),
        cmocka_unit_test(test_settings_from_environment),
        cmocka_unit_test(test_settings_refuse),
        cmocka_unit_test(test_settings_from_config),
        cmocka_unit_test(test_settings_from_other_config),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_labels_are_bounded),
        cmocka_unit_test(test_window_is_bounded),
        cmocka_unit_test(test_program_is_first),
        cmocka_unit_test(test_survives_out_of_memory),
        cmocka_unit_test(test_folder_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
