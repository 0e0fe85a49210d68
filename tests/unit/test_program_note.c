/* What the running program says of itself: this test has a note as pgo-build would write it. */
#include "../../collect/libpgocollect/program_note.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

__asm__(".pushsection .note.pgo, \"a\", %note\n"
        ".balign 4\n"
        ".long 10, 2f - 1f, 1\n"
        ".asciz \"pgo-build\"\n"
        ".balign 4\n"
        "1: .asciz \"profile src/default.pgo\\ncontent 3f2a\\nby line\\n\"\n"
        "2: .balign 4\n"
        ".long 10, 2f - 1f, 2\n" /* another type: not for us */
        ".asciz \"pgo-build\"\n"
        ".balign 4\n"
        "1: .asciz \"profile no\\n\"\n"
        "2: .balign 4\n"
        ".popsection\n");

static void test_profile(void **state)
{
    struct strbuf text = {0};

    (void)state;
    program_note_profile(&text);
    assert_string_equal(strbuf_text(&text), "src/default.pgo 3f2a");
    strbuf_release(&text);
}

static void test_build_id(void **state)
{
    struct strbuf text = {0};

    (void)state;
    program_note_build_id(&text);
    assert_int_equal(strspn(strbuf_text(&text), "0123456789abcdef"), text.len);
    assert_true(text.len % 2 == 0);
    strbuf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_profile),
        cmocka_unit_test(test_build_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
