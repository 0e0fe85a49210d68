/* What a page holds stays text; its parts are put together where its marks are. */
#include "base/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void expect_text(const char *text, const char *expected)
{
    struct strbuf out = {0};

    page_add_text(&out, text);
    assert_string_equal(strbuf_text(&out), expected);
    strbuf_release(&out);
}

static void test_text(void **state)
{
    (void)state;
    expect_text("", "\"\"");
    expect_text("a \xc3\xa9 \xf0\x9f\x94\xa5", "\"a \xc3\xa9 \xf0\x9f\x94\xa5\"");
    expect_text("</script>", "\"\\u003c/script\\u003e\"");
    expect_text("\"\\&", "\"\\u0022\\u005c\\u0026\"");
    expect_text("\x01\x1b\x7f", "\"\\u2401\\u241b\\u2421\"");
    expect_text("\xe2\x80\xa8", "\"\\u2028\"");
    expect_text("\xe2\x80\xae", "\"\\ufffd\"");                          /* right to left */
    expect_text("\xc0\x80", "\"\\ufffd\\ufffd\"");                       /* overlong */
    expect_text("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");            /* a surrogate */
    expect_text("\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""); /* above U+10FFFF */
    expect_text("\xe2\x82", "\"\\ufffd\\ufffd\"");                       /* cut short */
    expect_text("\xff", "\"\\ufffd\"");
}

static void test_json(void **state)
{
    static const char json[] = "{\"a\": \"</script>&\\n\"}";
    struct strbuf out = {0};

    (void)state;
    page_add_json(&out, json, strlen(json));
    assert_string_equal(strbuf_text(&out), "{\"a\": \"\\u003c/script\\u003e\\u0026\\n\"}");
    strbuf_release(&out);
}

static void test_parts(void **state)
{
    static const char html[] = "a@STYLE@b@DATA@c@PROGRAM@d";
    const struct page page = {html, "css", "js", strlen(html), 3, 2};
    struct strbuf out = {0};

    (void)state;
    page_open(&page, NULL, &out);
    strbuf_add_text(&out, "@PROGRAM@");
    page_close(&page, &out);
    assert_string_equal(strbuf_text(&out), "acssb@PROGRAM@cjsd");
    strbuf_release(&out);
}

static void test_plain_text(void **state)
{
    static const char html[] = "@STYLE@<pre>@TEXT@</pre>@DATA@@PROGRAM@";
    const struct page page = {html, "", "", strlen(html), 0, 0};
    struct strbuf out = {0};

    (void)state;
    page_open(&page, "a </pre> & @DATA@", &out);
    page_close(&page, &out);
    assert_string_equal(strbuf_text(&out), "<pre>a &#60;/pre&#62; &#38; @DATA@</pre>");
    strbuf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_plain_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
