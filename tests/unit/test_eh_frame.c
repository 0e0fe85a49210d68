/* Unwind tables made by hand, byte by byte: what is found, which row it gives, what does no harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "../../collect/libpgocollect/eh_frame.h"
#include "base/strbuf.h"

/* A function of 256 bytes at CODE_IP; header, CIE and FDE from IMAGE_IP on. */
enum { IMAGE_IP = 0x100000, CODE_IP = 0x80000, CODE_BYTES = 0x100 };

static bool read_image(void *context, uint64_t ip, void *bytes, size_t len)
{
    const struct strbuf *image = context;

    if (ip < IMAGE_IP || ip - IMAGE_IP > image->len || image->len - (ip - IMAGE_IP) < len)
        return false;
    memcpy(bytes, image->data + (ip - IMAGE_IP), len);
    return true;
}

static void put_u32(struct strbuf *bytes, uint32_t value)
{
    strbuf_add(bytes, &value, sizeof(value));
}

struct program {
    const void *bytes;
    size_t len;
};
#define PROGRAM(...)                                                                               \
    (struct program)                                                                               \
    {                                                                                              \
        (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})                     \
    }

/* Length first; returns where the record starts. */
static size_t begin_record(struct strbuf *image)
{
    size_t start = image->len;

    put_u32(image, 0);
    return start;
}

static void end_record(struct strbuf *image, size_t start)
{
    uint32_t len = (uint32_t)(image->len - start - 4);

    memcpy(image->data + start, &len, sizeof(len));
}

/* "zR" with pcrel sdata4, code align 1, data align -8, return address in 16: what gcc writes. */
static const uint8_t usual_cie[] = {1, 'z', 'R', 0, 1, 0x78, 16, 1, 0x1b};
/* CFA = rsp + 8, return address at CFA - 8 */
static const uint8_t usual_start[] = {0x0c, 7, 8, 0x90, 1};

static size_t put_cie(struct strbuf *image, struct program head, struct program start)
{
    size_t cie = begin_record(image);

    put_u32(image, 0);
    strbuf_add(image, head.bytes, head.len);
    strbuf_add(image, start.bytes, start.len);
    end_record(image, cie);
    return cie;
}

/* The header with one entry; its FDE comes behind the CIE. */
static size_t put_header(struct strbuf *image)
{
    static const uint8_t start[] = {1, 0x1b, 0x03, 0x3b};

    strbuf_add(image, start, sizeof(start));
    put_u32(image, 0); /* eh_frame_ptr: nobody reads it */
    put_u32(image, 1);
    put_u32(image, (uint32_t)CODE_IP - IMAGE_IP);
    put_u32(image, 0);
    return image->len - 4; /* the FDE's place goes here */
}

static void put_fde(struct strbuf *image, size_t cie, size_t entry, struct program program)
{
    size_t fde = begin_record(image);
    uint32_t at = (uint32_t)fde;

    memcpy(image->data + entry, &at, sizeof(at));
    put_u32(image, (uint32_t)(image->len - cie));
    put_u32(image, (uint32_t)(CODE_IP - (IMAGE_IP + (uint32_t)image->len)));
    put_u32(image, CODE_BYTES);
    strbuf_add_char(image, 0); /* no augmentation data */
    strbuf_add(image, program.bytes, program.len);
    end_record(image, fde);
}

static void make_image(struct strbuf *image, struct program head, struct program program)
{
    size_t entry = put_header(image);
    size_t cie = put_cie(image, head, (struct program){usual_start, sizeof(usual_start)});

    put_fde(image, cie, entry, program);
}

struct found {
    bool is_found;
    struct unwind_row row;
    struct eh_range range;
};

static struct found look_up(struct strbuf *image, uint64_t ip)
{
    struct eh_source source = {.read = read_image, .context = image};
    static struct eh_fde fde;
    struct found found = {0};

    found.is_found = eh_frame_find(&source, IMAGE_IP, ip, &fde);
    if (found.is_found) {
        assert_int_equal(fde.start_ip, CODE_IP);
        assert_int_equal(fde.end_ip, CODE_IP + CODE_BYTES);
        eh_frame_row(&fde, ip, &found.row, &found.range);
        assert_true(found.range.start_ip <= ip && ip < found.range.end_ip);
    }
    return found;
}

/* The row at `at`, of the FDE with this program under the usual CIE. */
static struct found run(struct program program, uint64_t at)
{
    struct program head = {usual_cie, sizeof(usual_cie)};
    struct strbuf image = {0};
    struct found found;

    make_image(&image, head, program);
    found = look_up(&image, CODE_IP + at);
    assert_true(found.is_found);
    strbuf_release(&image);
    return found;
}

static void check_cfa(struct found found, enum row_kind kind, int offset)
{
    assert_int_equal(found.row.kind, kind);
    assert_int_equal(found.row.cfa_offset, offset);
}

static void check_bp(struct found found, enum row_bp bp, int offset)
{
    assert_int_equal(found.row.bp, bp);
    assert_int_equal(found.row.bp_offset, offset);
}

static void check_range(struct found found, uint64_t start, uint64_t end)
{
    assert_int_equal(found.range.start_ip, CODE_IP + start);
    assert_int_equal(found.range.end_ip, CODE_IP + end);
}

#define FRAME_POINTER                                                                              \
    PROGRAM(0x41, 0x0e, 16, 0x86, 2,            /* push rbp */                                     \
            0x43, 0x0d, 6,                      /* mov rbp, rsp */                                 \
            0x02, 0x40, 0x0a, 0x0c, 7, 8, 0xc6, /* leave */                                        \
            0x41, 0x0b)                         /* code behind the ret */

static void test_frame_pointer(void **state)
{
    struct found found;

    (void)state;
    found = run(FRAME_POINTER, 0);
    check_cfa(found, ROW_SP, 8);
    check_bp(found, ROW_BP_SAME, 0);
    check_range(found, 0, 1);
    found = run(FRAME_POINTER, 2);
    check_cfa(found, ROW_SP, 16);
    check_bp(found, ROW_BP_AT_CFA, -16);
    check_range(found, 1, 4);
    found = run(FRAME_POINTER, 4);
    check_cfa(found, ROW_BP, 16);
    check_range(found, 4, 0x44);
    found = run(FRAME_POINTER, 0x44);
    check_cfa(found, ROW_SP, 8);
    check_bp(found, ROW_BP_SAME, 0);
    check_range(found, 0x44, 0x45);
    found = run(FRAME_POINTER, CODE_BYTES - 1);
    check_cfa(found, ROW_BP, 16);
    check_bp(found, ROW_BP_AT_CFA, -16);
    check_range(found, 0x45, CODE_BYTES);
}

static void test_all_ways_to_advance(void **state)
{
    struct program program = PROGRAM(0x41, 0x0e, 16, 0x02, 2, 0x0e, 24, 0x03, 3, 0, 0x0e, 32, 0x04,
                                     4, 0, 0, 0, 0x0e, 40);

    (void)state;
    check_cfa(run(program, 0), ROW_SP, 8);
    check_cfa(run(program, 1), ROW_SP, 16);
    check_cfa(run(program, 3), ROW_SP, 24);
    check_cfa(run(program, 6), ROW_SP, 32);
    check_cfa(run(program, 9), ROW_SP, 32);
    check_cfa(run(program, 10), ROW_SP, 40);
}

static void test_all_ways_to_define_the_cfa(void **state)
{
    (void)state;
    check_cfa(run(PROGRAM(0x0c, 6, 0x80, 1), 0), ROW_BP, 128);
    check_cfa(run(PROGRAM(0x0d, 6), 0), ROW_BP, 8);
    check_cfa(run(PROGRAM(0x0e, 0xf0, 1), 0), ROW_SP, 240);
    check_cfa(run(PROGRAM(0x12, 6, 0x7e), 0), ROW_BP, 16); /* -2 * -8 */
    check_cfa(run(PROGRAM(0x13, 0x7d), 0), ROW_SP, 24);
    check_cfa(run(PROGRAM(0x0c, 10, 0), 0), ROW_SLOW, 0); /* r10 */
}

static void test_all_ways_to_save(void **state)
{
    (void)state;
    check_bp(run(PROGRAM(0x05, 6, 2), 0), ROW_BP_AT_CFA, -16);
    check_bp(run(PROGRAM(0x11, 6, 3), 0), ROW_BP_AT_CFA, -24);
    check_bp(run(PROGRAM(0x2f, 6, 1), 0), ROW_BP_AT_CFA, 8);
    check_bp(run(PROGRAM(0x86, 2, 0x06, 6), 0), ROW_BP_SAME, 0);
    check_bp(run(PROGRAM(0x86, 2, 0x08, 6), 0), ROW_BP_SAME, 0);
    check_bp(run(PROGRAM(0x86, 2, 0x07, 6), 0), ROW_BP_SAME, 0);
    check_bp(run(PROGRAM(0x10, 6, 2, 0x76, 0x70), 0), ROW_BP_AT_BP, -16);
    check_bp(run(PROGRAM(0x2e, 16, 0x83, 2), 0), ROW_BP_SAME, 0); /* rbx is no matter of ours */
    assert_int_equal(run(PROGRAM(0x09, 6, 0), 0).row.kind, ROW_SLOW);
    assert_int_equal(run(PROGRAM(0x14, 6, 1), 0).row.kind, ROW_SLOW);
    assert_int_equal(run(PROGRAM(0x15, 6, 1), 0).row.kind, ROW_SLOW);
    assert_int_equal(run(PROGRAM(0x16, 6, 2, 0x76, 0), 0).row.kind, ROW_SLOW);
    assert_int_equal(run(PROGRAM(0x10, 6, 3, 0x76, 0, 0x06), 0).row.kind, ROW_SLOW);
    assert_int_equal(run(PROGRAM(0x90, 2), 0).row.kind, ROW_SLOW); /* an unusual return address */
    assert_int_equal(run(PROGRAM(0x07, 16), 0).row.kind, ROW_END);
    assert_int_equal(run(PROGRAM(0x07, 16, 0x06, 16), 0).row.kind, ROW_SP);
}

static void test_plt(void **state)
{
    struct program plt =
        PROGRAM(0x0f, 11, 0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22);
    struct program other =
        PROGRAM(0x0f, 11, 0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x23);

    (void)state;
    check_cfa(run(plt, 0x20), ROW_SP, 8);
    check_cfa(run(plt, 0x2a), ROW_SP, 8);
    check_cfa(run(plt, 0x2b), ROW_SP, 16);
    check_range(run(plt, 0x2b), 0x2b, 0x2c);
    assert_int_equal(run(other, 0x2b).row.kind, ROW_SLOW);
}

static void test_aligned_stack(void **state)
{
    struct found found = run(PROGRAM(0x0f, 3, 0x76, 0x78, 0x06, 0x10, 6, 2, 0x76, 0), 0);

    (void)state;
    check_cfa(found, ROW_BP_DEREF, -8);
    check_bp(found, ROW_BP_AT_BP, 0);
    assert_int_equal(run(PROGRAM(0x0f, 2, 0x76, 0x78), 0).row.kind, ROW_SLOW);
    assert_int_equal(run(PROGRAM(0x0f, 0), 0).row.kind, ROW_SLOW);
}

static void test_too_large_for_a_row(void **state)
{
    (void)state;
    assert_int_equal(run(PROGRAM(0x0e, 0xff, 0xff, 0xff, 0xff, 0x7f), 0).row.kind, ROW_SLOW);
    assert_int_equal(run(PROGRAM(0x86, 0x80, 0x80, 1), 0).row.kind, ROW_SLOW);
}

static void test_malformed_programs(void **state)
{
    (void)state;
    assert_int_equal(run(PROGRAM(0x0b), 0).row.kind, ROW_SLOW);       /* nothing is remembered */
    assert_int_equal(run(PROGRAM(0x3f), 0).row.kind, ROW_SLOW);       /* unknown */
    assert_int_equal(run(PROGRAM(0x01, 0, 0), 0).row.kind, ROW_SLOW); /* set_loc */
    assert_int_equal(run(PROGRAM(0x0e), 0).row.kind, ROW_SLOW);       /* cut off */
    assert_int_equal(run(PROGRAM(0x0f, 0x7f, 0), 0).row.kind, ROW_SLOW);
    assert_int_equal(run(PROGRAM(0x0a, 0x0a, 0x0a, 0x0a, 0x0a, 0x0a, 0x0a, 0x0a, 0x0a, 0x0a, 0x0a,
                                 0x0a, 0x0a, 0x0a, 0x0a, 0x0a, 0x0a),
                         0)
                         .row.kind,
                     ROW_SLOW);
    /* Beyond the function's end: the row before holds up to there. */
    check_range(run(PROGRAM(0x04, 0xff, 0xff, 0xff, 0xff, 0x0b), 5), 0, CODE_BYTES);
}

static void test_augmentation(void **state)
{
    /* z, a personality (indirect, pcrel, 4 bytes), L, R, a signal frame */
    static const uint8_t all[] = {1,  'z', 'P',  'L', 'R', 'S', 0, 1,    0x78,
                                  16, 7,   0x9b, 1,   2,   3,   4, 0x1b, 0x1b};
    static const uint8_t version3[] = {3, 'z', 'R', 0, 1, 0x78, 16, 1, 0x1b};
    static const uint8_t unknown[] = {1, 'z', 'R', 'q', 0, 1, 0x78, 16, 1, 0x1b};
    static const uint8_t too_short[] = {1, 'z', 'R', 'L', 0, 1, 0x78, 16, 1, 0x1b};
    static const uint8_t old_gcc[] = {1, 'e', 'h', 0, 1, 0x78, 16};
    static const uint8_t other_return[] = {1, 'z', 'R', 0, 1, 0x78, 15, 1, 0x1b};
    static const uint8_t version2[] = {2, 'z', 'R', 0, 1, 0x78, 16, 1, 0x1b};
    static const uint8_t relative_to_data[] = {1, 'z', 'R', 0, 1, 0x78, 16, 1, 0x3b};
    struct strbuf image = {0};
    struct found found;

    (void)state;
#define FIND(head)                                                                                 \
    (strbuf_release(&image),                                                                       \
     make_image(&image, (struct program){head, sizeof(head)}, PROGRAM(0x0e, 16)),                  \
     found = look_up(&image, CODE_IP + 3), found.is_found)
    assert_true(FIND(all));
    assert_int_equal(found.row.kind, ROW_SLOW); /* a signal frame is the caller's matter */
    assert_true(FIND(version3));
    check_cfa(found, ROW_SP, 16);
    assert_false(FIND(unknown));
    assert_false(FIND(too_short));
    assert_false(FIND(old_gcc));
    assert_false(FIND(other_return));
    assert_false(FIND(version2));
    assert_false(FIND(relative_to_data));
#undef FIND
    strbuf_release(&image);
}

static void test_outside_of_the_function(void **state)
{
    struct strbuf image = {0};

    (void)state;
    make_image(&image, (struct program){usual_cie, sizeof(usual_cie)}, FRAME_POINTER);
    assert_false(look_up(&image, CODE_IP - 1).is_found);
    assert_false(look_up(&image, CODE_IP + CODE_BYTES).is_found);
    assert_false(look_up(&image, 0).is_found);
    assert_false(look_up(&image, UINT64_MAX).is_found);
    assert_true(look_up(&image, CODE_IP).is_found);
    strbuf_release(&image);
}

/* Every length and every flipped byte: nothing but an answer or none. */
static void test_damaged_images(void **state)
{
    struct eh_source source = {.read = read_image};
    static struct eh_fde fde;
    struct unwind_row row;
    struct eh_range range;
    struct strbuf image = {0};
    size_t len;

    (void)state;
    make_image(&image, (struct program){usual_cie, sizeof(usual_cie)}, FRAME_POINTER);
    source.context = &image;
    len = image.len;
    for (image.len = 0; image.len < len; image.len++)
        assert_false(eh_frame_find(&source, IMAGE_IP, CODE_IP, &fde));
    for (size_t i = 0; i < len * 8; i++) {
        image.data[i / 8] ^= (char)(1 << i % 8);
        if (eh_frame_find(&source, IMAGE_IP, CODE_IP + 4, &fde)) {
            eh_frame_row(&fde, CODE_IP + 4, &row, &range);
            assert_int_not_equal(row.kind, ROW_NONE);
        }
        image.data[i / 8] ^= (char)(1 << i % 8);
    }
    strbuf_release(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frame_pointer),
        cmocka_unit_test(test_all_ways_to_advance),
        cmocka_unit_test(test_all_ways_to_define_the_cfa),
        cmocka_unit_test(test_all_ways_to_save),
        cmocka_unit_test(test_plt),
        cmocka_unit_test(test_aligned_stack),
        cmocka_unit_test(test_too_large_for_a_row),
        cmocka_unit_test(test_malformed_programs),
        cmocka_unit_test(test_augmentation),
        cmocka_unit_test(test_outside_of_the_function),
        cmocka_unit_test(test_damaged_images),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
