/*
 * Profiles by gperftools: the four forms of one profile are one profile, so is any order of its
 * records; input that is cut short or claims too much is refused, never followed.
 */
#include "profile/gperftools.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "profile/maps_line.h"
#include "profile/pprof.h"

struct form {
    size_t slot_bytes;
    bool is_big_endian;
};

static const struct form little_64 = {8, false};

static const char maps[] = "00400000-00402000 r-xp 00001000 08:01 17      /srv/my program\n"
                           "00402000-00403000 rw-p 00000000 08:01 17      /srv/my program\n"
                           "a line of another kind=1\n"
                           "00500000-00600000 r-xp 00000000 00:00 0 \n"
                           "f7000000-f7001000 r-xp 00000000 08:01 18      /lib/libc.so.6\n";

static const uint64_t header[] = {0, 3, 0, 10000, 0}, trailer[] = {0, 1, 0};
static const uint64_t first[] = {5, 3, 0x400010, 0x400111, 0xf7000201};
static const uint64_t second[] = {2, 1, 0x400020};
static const uint64_t again[] = {4, 3, 0x400010, 0x400111, 0xf7000201};

static void add_slots(struct strbuf *out, struct form form, const uint64_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < form.slot_bytes; k++)
            strbuf_add_char(
                out, (char)(values[i] >> 8 * (form.is_big_endian ? form.slot_bytes - 1 - k : k)));
}

#define ADD(out, form, values) add_slots(out, form, values, ARRAY_SIZE(values))

static struct strbuf make_file(struct form form)
{
    struct strbuf out = {0};

    ADD(&out, form, header);
    ADD(&out, form, first);
    ADD(&out, form, second);
    ADD(&out, form, again);
    ADD(&out, form, trailer);
    strbuf_add_text(&out, maps);
    return out;
}

/* Of a copy that is exactly as long, so that ASan sees a step beyond. */
static struct profile *read_copy(const char *data, size_t len, struct err *err)
{
    char *copy = mem_alloc(len ? len : 1);
    struct profile *profile;

    if (len)
        memcpy(copy, data, len);
    profile = gperftools_read(copy, len, err);
    free(copy);
    return profile;
}

static void test_what_it_says(void **state)
{
    struct strbuf file = make_file(little_64);
    struct err err = {0};
    struct profile *p = read_copy(file.data, file.len, &err);
    const struct profile_sample *sample;

    (void)state;
    assert_non_null(p);
    assert_string_equal(p->value_types[0].type, "samples");
    assert_string_equal(p->value_types[1].unit, "nanoseconds");
    assert_int_equal(p->period, 10000000);
    assert_int_equal(p->mapping_count, 2); /* not the anonymous one: no sample has it */
    assert_string_equal(p->mappings[0].file, "/srv/my program");
    assert_string_equal(p->mappings[0].build_id, "");
    assert_int_equal(p->mappings[0].start_ip, 0x400000);
    assert_int_equal(p->mappings[0].limit_ip, 0x402000);
    assert_int_equal(p->mappings[0].pgoff, 0x1000);
    assert_int_equal(p->sample_count, 2);
    sample = &p->samples[0];
    assert_int_equal(sample->values[0], 9); /* the two records of one stack */
    assert_int_equal(sample->values[1], 90000000);
    assert_int_equal(sample->location_count, 3);
    assert_int_equal(p->locations[sample->locations[0]].ip, 0x400010); /* the leaf is exact */
    assert_int_equal(p->locations[sample->locations[1]].ip, 0x400110); /* within the call */
    assert_int_equal(p->locations[sample->locations[2]].ip, 0xf7000200);
    assert_int_equal(p->locations[sample->locations[2]].mapping, 1);
    assert_int_equal(p->samples[1].values[0], 2);
    profile_free(p);
    strbuf_release(&file);
}

static void pack(struct strbuf *file, struct strbuf *out)
{
    struct err err = {0};
    struct profile *p = read_copy(file->data, file->len, &err);

    if (!p)
        fail_msg("%s", err.message);
    pprof_write(p, out);
    profile_free(p);
    strbuf_release(file);
}

static void expect_same(struct strbuf *one, struct strbuf *other)
{
    assert_int_equal(one->len, other->len);
    assert_memory_equal(one->data, other->data, one->len);
    strbuf_release(other);
}

static void test_all_forms_and_orders_are_one_profile(void **state)
{
    static const struct form forms[] = {{4, false}, {4, true}, {8, true}};
    struct strbuf file = make_file(little_64), expected = {0}, out = {0};

    (void)state;
    pack(&file, &expected);
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        file = make_file(forms[i]);
        assert_true(gperftools_is(file.data, file.len));
        pack(&file, &out);
        expect_same(&expected, &out);
    }
    ADD(&file, little_64, header);
    ADD(&file, little_64, again);
    ADD(&file, little_64, second);
    ADD(&file, little_64, first);
    ADD(&file, little_64, trailer);
    strbuf_add_text(&file, maps);
    pack(&file, &out);
    expect_same(&expected, &out);
    strbuf_release(&expected);
}

/* Up to the end of the first mapping nothing is of use; from there on the text may end anywhere. */
static void test_every_truncation_is_handled(void **state)
{
    struct strbuf file = make_file(little_64);
    size_t needed = file.len - strlen(maps) + strlen("00400000-00402000 r-xp 00001000 08:01 17 /");
    struct err err = {0};

    (void)state;
    for (size_t len = 0; len < needed; len++) {
        assert_null(read_copy(file.data, len, &err));
        assert_int_equal(err.kind, ERR_FORMAT);
    }
    for (size_t len = needed + 8; len < file.len; len++) {
        struct profile *p = read_copy(file.data, len, &err);

        assert_non_null(p);
        profile_free(p);
    }
    strbuf_release(&file);
}

static void expect_refused(const uint64_t *record, size_t count, const char *text,
                           const char *message)
{
    struct strbuf file = {0};
    struct err err = {0};

    ADD(&file, little_64, header);
    add_slots(&file, little_64, record, count);
    ADD(&file, little_64, trailer);
    strbuf_add_text(&file, text);
    assert_null(read_copy(file.data, file.len, &err));
    if (!strstr(err.message, message))
        fail_msg("%s, expected %s", err.message, message);
    strbuf_release(&file);
}

#define REFUSED(record, text, message) expect_refused(record, ARRAY_SIZE(record), text, message)

static void test_wrong_input_is_refused(void **state)
{
    static const uint64_t deep[] = {1, UINT64_MAX, 0x400010}, flat[] = {1, 0};
    static const uint64_t none[] = {0, 2, 0x400010, 0x400011}, zero[] = {0, 1, 0x400010};
    static const uint64_t overflow[] = {1, UINT64_MAX / 8 + 1, 0x400010};
    uint64_t timeless[] = {0, 3, 0, 0, 0, 0, 1, 0};
    struct strbuf file = {0};
    struct err err = {0};

    (void)state;
    REFUSED(deep, maps, "in its samples");
    REFUSED(overflow, maps, "in its samples");
    REFUSED(flat, maps, "record at byte 40: count 1, depth 0, expected at least 1 of each");
    REFUSED(none, maps, "record at byte 40: count 0, depth 2");
    REFUSED(zero, maps, "record at byte 40: count 0, depth 1");
    REFUSED(second, "", "no executable mapping");
    REFUSED(second, "00402000-00403000 rw-p 00000000 08:01 17 /srv/program\n",
            "no executable mapping");
    REFUSED(second, "00402000-00402000 r-xp 00000000 08:01 17 /srv/program\n",
            "no executable mapping");
    ADD(&file, little_64, timeless);
    assert_null(read_copy(file.data, file.len, &err));
    assert_string_equal(err.message, "a sampling period of 0");
    strbuf_release(&file);
}

/* The leaf again, as unwinding found it; callers at 0; counts and periods without end. */
static void test_odd_stacks(void **state)
{
    static const uint64_t head[] = {0, 3, 0, UINT64_MAX, 0};
    static const uint64_t twice[] = {UINT64_MAX, 4, 0x400010, 0x400010, 0x400111, 0};
    static const uint64_t nowhere[] = {1, 1, 0};
    struct strbuf file = {0};
    struct err err = {0};
    struct profile *p;

    (void)state;
    ADD(&file, little_64, head);
    ADD(&file, little_64, twice);
    ADD(&file, little_64, twice);
    ADD(&file, little_64, nowhere);
    ADD(&file, little_64, trailer);
    strbuf_add_text(&file, maps);
    p = read_copy(file.data, file.len, &err);
    assert_non_null(p);
    assert_int_equal(p->sample_count, 2);
    assert_int_equal(p->samples[0].location_count, 2);
    assert_true(p->samples[0].values[0] == INT64_MAX);
    assert_true(p->samples[0].values[1] == INT64_MAX);
    assert_true(p->period == INT64_MAX);
    assert_int_equal(p->locations[p->samples[1].locations[0]].mapping, PROFILE_NONE);
    profile_free(p);
    strbuf_release(&file);
}

static void test_maps_line(void **state)
{
    struct maps_line line = {0};

    (void)state;
    assert_true(maps_line_read("7f00-7fff r-xp 0000a000 00:1f 9 /a b (deleted)", &line));
    assert_int_equal(line.start_ip, 0x7f00);
    assert_int_equal(line.limit_ip, 0x7fff);
    assert_int_equal(line.pgoff, 0xa000);
    assert_true(line.is_executable);
    assert_string_equal(line.path, "/a b (deleted)");
    assert_true(maps_line_read("7f00-7fff rw-p 0 00:00 0", &line));
    assert_false(line.is_executable);
    assert_string_equal(line.path, "");
    assert_false(maps_line_read("", &line));
    assert_false(maps_line_read("build=/srv/program", &line));
    assert_false(maps_line_read("7f00 7fff r-xp 0 00:00 0", &line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_it_says),
        cmocka_unit_test(test_all_forms_and_orders_are_one_profile),
        cmocka_unit_test(test_every_truncation_is_handled),
        cmocka_unit_test(test_wrong_input_is_refused),
        cmocka_unit_test(test_odd_stacks),
        cmocka_unit_test(test_maps_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
