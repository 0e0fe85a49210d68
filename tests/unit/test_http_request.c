/* Heads of HTTP requests, queries, Accept and Host. */
#include "../../collect/libpgocollect/http_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"

static struct http_slice slice(const char *text)
{
    return (struct http_slice){text, strlen(text)};
}

static enum http_parse parse(const char *text, struct http_request *request)
{
    return http_request_parse(text, strlen(text), request);
}

static void test_whole(void **state)
{
    struct http_request request;

    (void)state;
    assert_int_equal(parse("GET /debug/pprof/profile?seconds=5 HTTP/1.1\r\nHost: localhost:6060\r\n"
                           "ACCEPT:\t*/* \r\nX: \r\n\r\nbody",
                           &request),
                     HTTP_PARSE_OK);
    assert_false(request.head_only);
    assert_false(request.post);
    assert_true(http_slice_equals(request.path, "/debug/pprof/profile"));
    assert_true(http_slice_equals(request.query, "seconds=5"));
    assert_true(http_slice_equals(request.host, "localhost:6060"));
    assert_true(http_slice_equals(request.accept, "*/*"));
    assert_int_equal(parse("HEAD / HTTP/1.0\n\n", &request), HTTP_PARSE_OK);
    assert_true(request.head_only);
    assert_true(http_slice_equals(request.path, "/"));
    assert_null(request.host.data);
    assert_int_equal(parse("POST /a HTTP/1.0\r\nContent-Length: 2\r\n\r\nxx", &request),
                     HTTP_PARSE_OK);
    assert_true(request.post);
    assert_int_equal(parse("GET http://a.b:1/x?y HTTP/1.1\r\nHost: z\r\n\r\n", &request),
                     HTTP_PARSE_OK);
    assert_true(http_slice_equals(request.path, "/x"));
    assert_true(http_slice_equals(request.query, "y"));
}

/* Each beginning asks for more, and nothing beyond its end is read. */
static void test_beginnings(void **state)
{
    static const char text[] = "GET /metrics HTTP/1.1\r\nHost: a\r\nAccept: text/plain\r\n\r\n";
    struct http_request request;

    (void)state;
    for (size_t len = 0; len < sizeof(text) - 1; len++) {
        char *copy = malloc(len + 1);

        memcpy(copy, text, len);
        copy = realloc(copy, len ? len : 1);
        assert_int_equal(http_request_parse(copy, len, &request), HTTP_PARSE_MORE);
        free(copy);
    }
}

static void test_malformed(void **state)
{
    static const struct {
        const char *text;
        enum http_parse expected;
    } cases[] = {
        {"\r\n\r\n", HTTP_PARSE_BAD},
        {"GET\r\n\r\n", HTTP_PARSE_BAD},
        {"GET /\r\n\r\n", HTTP_PARSE_BAD}, /* HTTP/0.9 */
        {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_PARSE_BAD},
        {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_PARSE_BAD},
        {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", HTTP_PARSE_BAD},
        {"GET / HTTP/1.11\r\nHost: a\r\n\r\n", HTTP_PARSE_BAD},
        {"GET / http/1.1\r\nHost: a\r\n\r\n", HTTP_PARSE_BAD},
        {"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_PARSE_BAD},
        {"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_PARSE_BAD},
        {"GET metrics HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_PARSE_BAD},
        {"GET * HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_PARSE_BAD},
        {"GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_PARSE_BAD},
        {"GET / HTTP/1.1\r\n\r\n", HTTP_PARSE_BAD}, /* no Host */
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", HTTP_PARSE_BAD},
        {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", HTTP_PARSE_BAD},
        {"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", HTTP_PARSE_BAD},
        {"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", HTTP_PARSE_BAD},
        {"GET / HTTP/1.1\r\nHost: a\x02\r\n\r\n", HTTP_PARSE_BAD},
        {"GET / HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n", HTTP_PARSE_BAD},
        {"PUT / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_PARSE_METHOD},
        {"get / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_PARSE_METHOD},
        {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_PARSE_METHOD},
        {"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_PARSE_METHOD},
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", HTTP_PARSE_VERSION},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HTTP_PARSE_VERSION},
        {"\x16\x03\x01\x02\n\n", HTTP_PARSE_BAD}, /* TLS */
    };
    struct http_request request;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        if (parse(cases[i].text, &request) != cases[i].expected)
            fail_msg("%s: not %d", cases[i].text, cases[i].expected);
    assert_int_equal(http_request_parse("GET / HTTP/1.1\r\nA: \0\r\nHost: a\r\n\r\n", 37, &request),
                     HTTP_PARSE_BAD);
}

static void test_large(void **state)
{
    struct strbuf text = {0};
    struct http_request request;

    (void)state;
    strbuf_add_text(&text, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
    while (text.len < HTTP_HEAD_MAX_BYTES - 4)
        strbuf_add_char(&text, 'x');
    assert_int_equal(http_request_parse(text.data, text.len, &request), HTTP_PARSE_MORE);
    strbuf_add_text(&text, "\r\n\r\n");
    assert_int_equal(text.len, HTTP_HEAD_MAX_BYTES);
    assert_int_equal(http_request_parse(text.data, text.len, &request), HTTP_PARSE_OK);
    text.data[text.len - 1] = 'x';
    assert_int_equal(http_request_parse(text.data, text.len, &request), HTTP_PARSE_LARGE);
    strbuf_add_text(&text, "\r\n\r\n"); /* beyond the bound */
    assert_int_equal(http_request_parse(text.data, text.len, &request), HTTP_PARSE_LARGE);
    strbuf_release(&text);
}

static void expect_seconds(const char *query, bool ok, unsigned expected)
{
    unsigned seconds = 30;

    assert_int_equal(http_query_number(slice(query), "seconds", 1, 600, &seconds), ok);
    assert_int_equal(seconds, expected);
}

static void test_query(void **state)
{
    (void)state;
    expect_seconds("", true, 30);
    expect_seconds("debug=1", true, 30);
    expect_seconds("seconds=5", true, 5);
    expect_seconds("debug=1&seconds=600", true, 600);
    expect_seconds("xseconds=5&seconds2=6", true, 30);
    expect_seconds("seconds=0", false, 30);
    expect_seconds("seconds=601", false, 30);
    expect_seconds("seconds=-1", false, 30);
    expect_seconds("seconds=", false, 30);
    expect_seconds("seconds", false, 30);
    expect_seconds("seconds=1.5", false, 30);
    expect_seconds("seconds=18446744073709551617", false, 30);
    expect_seconds("seconds=5&seconds=6", false, 30);
}

static void test_accept(void **state)
{
    static const struct {
        const char *text;
        bool expected;
    } cases[] = {
        {"", false},
        {"*/*", false},
        {"text/html", false},
        {"application/openmetrics-text", true},
        {"Application/OpenMetrics-Text; version=1.0.0", true},
        {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
         "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
         true},
        {"application/openmetrics-text;q=0", false},
        {"application/openmetrics-text;q=0.3,text/plain;q=0.7", false},
        {"application/openmetrics-text ; q = 0.3 , text/plain;q=0.25", true},
        {"application/openmetrics-textual", false},
        {";;;,,,=", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        if (http_accepts_openmetrics(slice(cases[i].text)) != cases[i].expected)
            fail_msg("%s: not %d", cases[i].text, cases[i].expected);
    assert_false(http_accepts_openmetrics((struct http_slice){0}));
}

static void test_host(void **state)
{
    static const char *const local[] = {"",      "localhost",  "LOCALHOST:6060", "127.0.0.1:80",
                                        "[::1]", "[::1]:6060", "10.1.2.3",       "a.localhost:1"};
    static const char *const foreign[] = {"evil.example",           "evil.example:6060",
                                          "127.0.0.1.evil.example", "localhost.evil.example",
                                          "notlocalhost",           "1.2.3.4.5"};

    (void)state;
    assert_true(http_host_is_local((struct http_slice){0}));
    for (size_t i = 0; i < ARRAY_SIZE(local); i++)
        if (!http_host_is_local(slice(local[i])))
            fail_msg("%s", local[i]);
    for (size_t i = 0; i < ARRAY_SIZE(foreign); i++)
        if (http_host_is_local(slice(foreign[i])))
            fail_msg("%s", foreign[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),     cmocka_unit_test(test_beginnings),
        cmocka_unit_test(test_malformed), cmocka_unit_test(test_large),
        cmocka_unit_test(test_query),     cmocka_unit_test(test_accept),
        cmocka_unit_test(test_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
