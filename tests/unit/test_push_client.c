/* Where profiles are pushed to, and the request that carries one. */
#include "../../collect/libpgocollect/push_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static void expect(const char *url, const char *host, const char *port, const char *path)
{
    struct push_target target;
    struct err err = {0};

    if (!push_target_parse(url, "my app", &target, &err))
        fail_msg("%s: %s", url, err.message);
    assert_string_equal(target.host, host);
    assert_string_equal(target.port, port);
    assert_string_equal(strbuf_text(&target.path), path);
    push_target_release(&target);
}

static void test_urls(void **state)
{
    (void)state;
    expect("http://pyro:4040/ingest?name=a", "pyro", "4040", "/ingest?name=a");
    expect("http://pyro", "pyro", "80", "/ingest?name=my%20app");
    expect("http://pyro:1?x=y", "pyro", "1", "/ingest?x=y&name=my%20app");
    expect("http://[::1]:4040/", "::1", "4040", "/?name=my%20app");
    expect("http://[::1]/in", "::1", "80", "/in?name=my%20app");
    expect("http://10.0.0.1:4040/p/ingest?rename=b", "10.0.0.1", "4040",
           "/p/ingest?rename=b&name=my%20app");
    expect("http://a/ingest?name=shop{env=\"x\"}", "a", "80", "/ingest?name=shop%7Benv=%22x%22%7D");
}

static void test_bad_urls(void **state)
{
    static const char *const bad[] = {
        "",
        "pyro:4040",
        "https://pyro",
        "ftp://pyro",
        "http://",
        "http://:80",
        "http://a:b",
        "http://a:65536",
        "http://u:p@a/",
        "http://[::1",
        "http://a/ b",
        "http://a/\r\nX: y",
        "http://a/#x",
        "http://[]:1/",
        "http://a:/",
    };
    struct push_target target;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err err = {0};

        if (push_target_parse(bad[i], "app", &target, &err))
            fail_msg("%s: taken", bad[i]);
        assert_int_equal(err.kind, ERR_USAGE);
    }
}

static void test_request(void **state)
{
    struct push_target target;
    struct push_item item = {.from_s = 100, .until_s = 160};
    struct strbuf request = {0};
    struct err err = {0};
    const char *body, *boundary;
    char end[64];
    unsigned len;

    (void)state;
    assert_true(push_target_parse("http://h:1/ingest?name=a", "app", &target, &err));
    strbuf_add(&item.pprof, "\x1f\x8b\0pprof", 8);
    push_request_write(&target, &item, 250, &request);
    assert_non_null(strstr(request.data,
                           "POST /ingest?name=a&from=100&until=160&sampleRate=250&format=pprof "
                           "HTTP/1.1\r\nHost: h:1\r\n"));
    body = strstr(request.data, "\r\n\r\n") + 4;
    assert_int_equal(sscanf(strstr(request.data, "Content-Length: "), "Content-Length: %u", &len),
                     1);
    assert_int_equal(len, request.len - (size_t)(body - request.data));
    boundary = strstr(request.data, "boundary=") + 9;
    assert_int_equal(strcspn(boundary, "\r"), 35);
    snprintf(end, sizeof(end), "\r\n--%.35s--\r\n", boundary);
    assert_memory_equal(request.data + request.len - strlen(end), end, strlen(end));
    assert_memory_equal(request.data + request.len - strlen(end) - 8, "\x1f\x8b\0pprof", 8);
    assert_non_null(strstr(body, "Content-Disposition: form-data; name=\"profile\"; filename="));
    strbuf_release(&request);
    strbuf_release(&item.pprof);
    push_target_release(&target);
}

/* Nobody listens there; and a name may not be looked up at the end. */
static void test_nobody(void **state)
{
    struct push_target target;
    struct strbuf request = {0};
    struct err err = {0};

    (void)state;
    strbuf_add_text(&request, "POST / HTTP/1.1\r\n\r\n");
    assert_true(push_target_parse("http://127.0.0.1:1/", "app", &target, &err));
    assert_int_equal(push_send(&target, &request, INT64_MAX, true, &err), PUSH_LATER);
    assert_non_null(strstr(err.message, "refused"));
    push_target_release(&target);
    assert_true(push_target_parse("http://no.such.host.invalid/", "app", &target, &err));
    assert_int_equal(push_send(&target, &request, INT64_MAX, true, &err), PUSH_LATER);
    push_target_release(&target);
    strbuf_release(&request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_bad_urls),
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
