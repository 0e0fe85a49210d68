/* pprof codec: write → read is the identity; damaged input of any kind is refused, never followed.
 */
#include "profile/pprof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "profile/gzip.h"

static struct profile *make_profile(void)
{
    struct profile *p = profile_new();
    uint32_t stack[2];

    profile_add_value_type(p, "samples", "count");
    profile_add_value_type(p, "cpu", "nanoseconds");
    p->period_type = p->value_types[1];
    p->period = 1000000;
    p->time_ns = 5;
    p->duration_ns = 7;
    profile_add_mapping(p, &(struct profile_mapping){.start_ip = 0x1000,
                                                     .limit_ip = 0x2000,
                                                     .pgoff = 0x400,
                                                     .file = profile_intern(p, "/bin/app"),
                                                     .build_id = profile_intern(p, "abcd"),
                                                     .has_functions = true});
    for (int i = 0; i < 2; i++) {
        struct profile_line *line = arena_alloc(&p->arena, sizeof(*line));

        line->function = profile_add_function(
            p, &(struct profile_function){.name = profile_intern(p, i ? "main" : "leaf"),
                                          .system_name = profile_intern(p, i ? "main" : "_Z4leafv"),
                                          .file = profile_intern(p, "a.c"),
                                          .start_line = 10 + i});
        line->line = 20 + i;
        stack[i] = profile_add_location(
            p, &(struct profile_location){
                   .mapping = 0, .ip = 0x1100 + (uint64_t)i, .lines = line, .line_count = 1});
    }
    profile_add_sample(p, stack, 2)->values[0] = 3;
    p->samples[0].values[1] = 3000000;
    profile_add_comment(p, "made by a test");
    return p;
}

static void test_write_read_is_identity(void **state)
{
    struct profile *p = make_profile(), *again;
    struct strbuf first = {0}, second = {0};
    struct err err = {0};

    (void)state;
    pprof_write(p, &first);
    again = pprof_read(first.data, first.len, &err);
    assert_non_null(again);
    pprof_write(again, &second);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);

    assert_int_equal(again->sample_count, 1);
    assert_int_equal(again->samples[0].values[1], 3000000);
    assert_string_equal(again->functions[0].system_name, "_Z4leafv");
    assert_string_equal(again->mappings[0].build_id, "abcd");
    assert_int_equal(again->locations[1].ip, 0x1101);
    assert_int_equal(again->period, 1000000);
    assert_string_equal(again->comments[0], "made by a test");
    profile_free(p);
    profile_free(again);
    strbuf_release(&first);
    strbuf_release(&second);
}

/* Every prefix of the packed message is refused or is a valid profile: none is followed astray. */
static void test_every_truncation_is_handled(void **state)
{
    struct strbuf zipped = {0}, message = {0};
    struct profile *p = make_profile();
    struct err err = {0};

    (void)state;
    pprof_write(p, &zipped);
    assert_true(gzip_decompress(zipped.data, zipped.len, 1 << 20, &message, &err));
    for (size_t len = 0; len < zipped.len; len++)
        assert_null(pprof_read(zipped.data, len, &err));
    for (size_t len = 1; len < message.len; len++) {
        char *copy = mem_alloc(len); /* exactly as long, so that ASan sees a step beyond */

        memcpy(copy, message.data, len);
        profile_free(pprof_read(copy, len, &err));
        free(copy);
    }
    profile_free(p);
    strbuf_release(&zipped);
    strbuf_release(&message);
}

static void expect_refused(struct profile *p, const char *message)
{
    struct strbuf out = {0};
    struct err err = {0};

    pprof_write(p, &out);
    assert_null(pprof_read(out.data, out.len, &err));
    assert_non_null(strstr(err.message, message));
    strbuf_release(&out);
    profile_free(p);
}

static void test_dangling_references_are_refused(void **state)
{
    struct profile *p = make_profile();

    (void)state;
    p->samples[0].locations[0] = 77;
    expect_refused(p, "no location has the id 78");

    p = make_profile();
    p->locations[0].mapping = 9;
    expect_refused(p, "no mapping has the id 10");

    p = make_profile();
    p->locations[0].lines[0].function = 41;
    expect_refused(p, "no function has the id 42");

    p = make_profile();
    p->mappings[0].limit_ip = 1;
    expect_refused(p, "ends before it starts");
}

/* Ids in any order, as other writers give them; protobuf bytes, since ours counts from 1. */
static void test_scattered_ids_are_found(void **state)
{
    static const char file[] = "\x0a\x04\x08\x01\x10\x02\x32\x00\x32\x01s\x32\x01"
                               "c"                                         /* s/c */
                               "\x22\x04\x08\x01\x18\x11"                  /* location 1 at 0x11 */
                               "\x22\x04\x08\x09\x18\x19"                  /* 9 at 0x19 */
                               "\x22\x04\x08\x02\x18\x12"                  /* 2 at 0x12 */
                               "\x12\x08\x0a\x03\x09\x02\x01\x12\x01\x05"; /* 9, 2, 1: 5 */
    static const uint64_t ips[] = {0x19, 0x12, 0x11};
    struct err err = {0};
    struct profile *p = pprof_read(file, sizeof(file) - 1, &err);

    (void)state;
    assert_non_null(p);
    assert_int_equal(p->samples[0].location_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(p->locations[p->samples[0].locations[i]].ip, ips[i]);
    profile_free(p);
}

#define HEAD                                                                                       \
    "\x0a\x04\x08\x01\x10\x02\x32\x00\x32\x01s\x32\x01" /* of type s/...: one letter follows */

static struct profile *read_bytes(const char *bytes, size_t len, struct err *err)
{
    char *copy = mem_alloc(len); /* exactly as long, so that ASan sees a step beyond */
    struct profile *p;

    memcpy(copy, bytes, len);
    p = pprof_read(copy, len, err);
    free(copy);
    return p;
}

/* Forms that our writer does not use, and others may. */
static void test_other_forms_of_the_wire(void **state)
{
    static const char file[] =
        HEAD "c"
             "\x12\x08\x08\x01\x08\x02\x10\x05\x08\x01" /* not packed: 1, 2, 1 */
             "\x22\x04\x08\x01\x18\x11\x22\x04\x08\x02\x18\x12"
             "\x82\x7d\x02zz" /* field 2000, which nobody knows */
             "\x89\x7d"
             "12345678" /* ... of 8 bytes */
             "\x8d\x7d"
             "1234"                                                 /* ... of 4 */
             "\x12\x0b\x0a\x00\x12\x01\x07\x0a\x04\x01\x82\x80\x00" /* a long varint */
             "\x60\x07\x60\x09";                                    /* period 7, no: 9 */
    struct err err = {0};
    struct profile *p = read_bytes(file, sizeof(file) - 1, &err);

    (void)state;
    assert_non_null(p);
    assert_int_equal(p->sample_count, 2);
    assert_int_equal(p->samples[0].location_count, 3);
    assert_int_equal(p->samples[0].values[0], 5);
    assert_int_equal(p->samples[1].location_count, 2);
    assert_int_equal(p->samples[1].locations[1], 1);
    assert_int_equal(p->period, 9);
    profile_free(p);
}

static void expect_damaged(const char *bytes, size_t len, const char *message)
{
    struct err err = {0};

    assert_null(read_bytes(bytes, len, &err));
    assert_int_equal(err.kind, ERR_FORMAT);
    assert_non_null(strstr(err.message, message));
}

#define EXPECT_DAMAGED(bytes, message) expect_damaged(bytes, sizeof(bytes) - 1, message)

static void test_damaged_wire_is_refused(void **state)
{
    (void)state;
    EXPECT_DAMAGED(HEAD, "truncated");
    EXPECT_DAMAGED(HEAD "c\x60", "truncated");
    EXPECT_DAMAGED(HEAD "c\x60\x80", "truncated");
    EXPECT_DAMAGED(HEAD "c\x60\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", "truncated");
    EXPECT_DAMAGED(HEAD "c\x12\x7f\x10\x05", "truncated");         /* beyond the end of the file */
    EXPECT_DAMAGED(HEAD "c\x12\x04\x12\x7f\x05\x05", "truncated"); /* ... of the message */
    EXPECT_DAMAGED(HEAD "c\x12\x02\x12\xff\x01", "truncated");
    EXPECT_DAMAGED(HEAD "c\x63\x64", "truncated"); /* a group */
    EXPECT_DAMAGED(HEAD "c\x89\x7d"
                        "1234567",
                   "truncated");
    EXPECT_DAMAGED("\x32\x01s", "the first string");
    EXPECT_DAMAGED(HEAD "c\x70\x03", "string 3 of a table of 3");
    EXPECT_DAMAGED(HEAD "c\x12\x04\x12\x02\x05\x05",
                   "sample 0: a sample with 2 values, expected 1");
}

static void test_inlining_without_end_is_refused(void **state)
{
    struct profile *p = make_profile(), *again;
    struct strbuf out = {0};
    struct err err = {0};

    (void)state;
    p->locations[0].lines =
        arena_array(&p->arena, PPROF_MAX_INLINE_DEPTH + 1, sizeof(*p->locations[0].lines));
    p->locations[0].line_count = PPROF_MAX_INLINE_DEPTH;
    pprof_write(p, &out);
    again = pprof_read(out.data, out.len, &err);
    assert_non_null(again);
    profile_free(again);
    strbuf_release(&out);

    p->locations[0].line_count++;
    expect_refused(p, "location 1: 1001 inlined frames, at most 1000");
}

static void test_gzip_bomb_is_refused(void **state)
{
    struct strbuf zeros = {0}, bomb = {0}, out = {0};
    struct err err = {0};
    size_t len = (size_t)8 << 20;

    (void)state;
    memset(strbuf_reserve(&zeros, len), 0, len);
    gzip_compress(zeros.data, len, &bomb);
    assert_false(gzip_decompress(bomb.data, bomb.len, 1 << 20, &out, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_int_equal(out.len, 0);
    strbuf_release(&zeros);
    strbuf_release(&bomb);
    strbuf_release(&out);
}

static void test_weight(void **state)
{
    struct profile *p = make_profile();
    struct profile_weight weight;
    struct err err = {0};

    (void)state;
    assert_true(profile_find_weight(p, NULL, &weight, &err));
    assert_int_equal(weight.value, 0);
    assert_int_equal(weight.divisor, 1);
    assert_true(profile_find_weight(p, "cpu", &weight, &err));
    assert_int_equal(weight.value, 1);
    assert_int_equal(weight.divisor, 1000000);
    assert_false(profile_find_weight(p, "alloc_space", &weight, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    profile_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_read_is_identity),
        cmocka_unit_test(test_every_truncation_is_handled),
        cmocka_unit_test(test_dangling_references_are_refused),
        cmocka_unit_test(test_scattered_ids_are_found),
        cmocka_unit_test(test_other_forms_of_the_wire),
        cmocka_unit_test(test_damaged_wire_is_refused),
        cmocka_unit_test(test_inlining_without_end_is_refused),
        cmocka_unit_test(test_gzip_bomb_is_refused),
        cmocka_unit_test(test_weight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
