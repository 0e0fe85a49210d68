/* What fetch sends, what it shows of a URL, and what it makes of replies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../collect/fetch/reply.h"
#include "../../collect/fetch/request.h"
#include "../../collect/fetch/retry.h"
#include "../../collect/fetch/secrets.h"
#include "../../collect/fetch/window.h"
#include "../../collect/fetch_options.h"
#include "profile/gzip.h"
#include "profile/pprof.h"

#define MAX_BYTES ((size_t)1 << 20)
#define FROM_MS   1795161600000 /* 2026-11-20T08:00:00Z */
#define TO_MS     1795165200500 /* 2026-11-20T09:00:00.5Z */

static void expect_shown(const char *text, const char *expected)
{
    struct strbuf shown = {0};

    url_show(text, &shown);
    assert_string_equal(strbuf_text(&shown), expected);
    strbuf_release(&shown);
}

static void test_secrets_of_urls_are_not_shown(void **state)
{
    (void)state;
    expect_shown("http://h:1/a?seconds=5", "http://h:1/a?seconds=5");
    expect_shown("http://u:p@h/a", "http://h/a");
    expect_shown("u:p@h:6060", "h:6060");
    expect_shown("http://u:p/with@slash@h/a", "http://h/a");
    expect_shown("https://h/a?token=abc&seconds=5&key=x#part",
                 "https://h/a?token=...&seconds=5&key=...");
    expect_shown("https://h/a?abcdef", "https://h/a?...");
    expect_shown("https://h/a?seconds", "https://h/a?seconds");
    expect_shown("https://h/a?x=1;sig=u:p@y", "https://h/a?x=...;sig=...");
    expect_shown("https://h?", "https://h?");
    expect_shown("", "");
    expect_shown("://", "://");
}

static void expect_bad_url(const char *text, const char *message)
{
    struct err err = {0};
    struct url url;

    assert_false(url_read(text, &url, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.message, message));
    assert_null(strstr(err.message, "secret"));
}

static void test_bad_urls(void **state)
{
    (void)state;
    expect_bad_url("", "no host");
    expect_bad_url("http://", "no host");
    expect_bad_url("http://:80/", "no host");
    expect_bad_url("http://h:0/", "port");
    expect_bad_url("http://h:65536/", "port");
    expect_bad_url("http://u:secret/x@h/", "port");
    expect_bad_url("http://[::1/", "no host");
    expect_bad_url("http://[::1]6060/", "no host");
    expect_bad_url("ftp://u:secret@h/", "not http");
    expect_bad_url("file:///etc/passwd", "not http");
    expect_bad_url("http://u:secret@h/a b", "blank");
    expect_bad_url("http://u:secret@h/a\r\nX: y", "control");
}

static struct request build(const char *url, const struct request_window *window)
{
    struct request request;
    struct err err = {0};

    if (!request_build(url, window, &request, &err))
        fail_msg("%s: %s", url, err.message);
    return request;
}

static void expect_plain(const char *url, uint64_t seconds, const char *expected, uint64_t wait_s)
{
    struct request_window window = {.seconds = seconds};
    struct request request = build(url, &window);

    assert_string_equal(request.url, expected);
    assert_int_equal(request.wait_s, wait_s);
    assert_false(request.is_post);
    assert_int_equal(request.backend, BACKEND_PPROF);
    request_release(&request);
}

static void test_plain_urls_are_completed(void **state)
{
    (void)state;
    expect_plain("h:6060", 0, "http://h:6060/debug/pprof/profile?seconds=30", 30);
    expect_plain("h:6060/", 5, "http://h:6060/debug/pprof/profile?seconds=5", 5);
    expect_plain("http://[::1]:6060/debug/pprof/", 0,
                 "http://[::1]:6060/debug/pprof/profile?seconds=30", 30);
    expect_plain("HTTPS://h/debug/pprof", 1, "https://h/debug/pprof/profile?seconds=1", 1);
    expect_plain("http://h/a/profile?seconds=7&x=y", 0, "http://h/a/profile?x=y&seconds=7", 7);
    expect_plain("http://h/a/profile?seconds=7&x=y", 9, "http://h/a/profile?x=y&seconds=9", 9);
    expect_plain("http://h/files/cpu.pprof", 0, "http://h/files/cpu.pprof", 0);
    expect_plain("http://h/files/cpu.pprof", 3, "http://h/files/cpu.pprof?seconds=3", 3);
    expect_plain("http://h/p?a=1#part", 0, "http://h/p?a=1", 0);
}

static void test_user_is_taken_out_of_the_url(void **state)
{
    struct request_window window = {0};
    struct request request = build("https://al%40x:p%3aw%@H/p", &window);

    (void)state;
    assert_string_equal(request.user, "al@x");
    assert_string_equal(request.password, "p:w%");
    assert_string_equal(request.url, "https://H/p");
    assert_string_equal(request.origin, "https://h:443");
    assert_string_equal(request.shown, "https://H/p");
    request_release(&request);
}

static uint64_t read_varint(const char **at)
{
    uint64_t value = 0;

    for (unsigned shift = 0;; shift += 7) {
        unsigned char byte = (unsigned char)*(*at)++;

        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
}

static void expect_pyroscope(const char *url, const char *query, const char *path, const char *type,
                             const char *selector)
{
    struct request_window window = {.query = query, .from_ms = FROM_MS, .to_ms = TO_MS};
    struct request request = build(url, &window);
    const char *at = strbuf_text(&request.body), *end = at + request.body.len;

    assert_int_equal(request.backend, BACKEND_PYROSCOPE);
    assert_true(request.is_post);
    assert_string_equal(request.url, path);
    assert_int_equal(*at++, 1 << 3 | 2);
    assert_int_equal(read_varint(&at), strlen(type));
    assert_memory_equal(at, type, strlen(type));
    at += strlen(type);
    assert_int_equal(*at++, 2 << 3 | 2);
    assert_int_equal(read_varint(&at), strlen(selector));
    assert_memory_equal(at, selector, strlen(selector));
    at += strlen(selector);
    assert_int_equal(*at++, 3 << 3);
    assert_int_equal(read_varint(&at), FROM_MS);
    assert_int_equal(*at++, 4 << 3);
    assert_int_equal(read_varint(&at), TO_MS);
    assert_ptr_equal(at, end);
    assert_non_null(strstr(request.asked, "2026-11-20T08:00:00Z to 2026-11-20T09:00:00.500Z"));
    request_release(&request);
}

static void test_pyroscope(void **state)
{
    const char *method = "http://h:4040/querier.v1.QuerierService/SelectMergeProfile";
    const char *cpu = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

    (void)state;
    expect_pyroscope("pyroscope+http://h:4040", "{app=\"x\"}", method, cpu, "{app=\"x\"}");
    expect_pyroscope("pyroscope+h:4040/", NULL, method, cpu, "{}");
    expect_pyroscope(method, "a:b:c:d:e{}", method, "a:b:c:d:e", "{}");
    expect_pyroscope(method, "a:b:c:d:e", method, "a:b:c:d:e", "{}");
    expect_pyroscope("pyroscope+https://h/p/", "{}",
                     "https://h/p/querier.v1.QuerierService/SelectMergeProfile", cpu, "{}");
}

static void test_parca(void **state)
{
    static const char *const urls[] = {"parca+http://h:7070", "http://h:7070/api/profiles/query",
                                       "parca+http://h:7070/api/profiles/query"};
    struct request_window window = {.query = "c:s{a=\"b c\"}", .from_ms = FROM_MS, .to_ms = TO_MS};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
        struct request request = build(urls[i], &window);

        assert_int_equal(request.backend, BACKEND_PARCA);
        assert_string_equal(request.url,
                            "http://h:7070/api/profiles/query?mode=MODE_MERGE"
                            "&report_type=REPORT_TYPE_PPROF&merge.query=c%3As%7Ba%3D%22b%20c%22%7D"
                            "&merge.start=2026-11-20T08%3A00%3A00Z"
                            "&merge.end=2026-11-20T09%3A00%3A00.500Z");
        assert_string_equal(request.shown, "http://h:7070/api/profiles/query");
        request_release(&request);
    }
}

static void expect_refused(const char *url, const struct request_window *window,
                           const char *message)
{
    struct err err = {0};
    struct request request;

    assert_false(request_build(url, window, &request, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.message, message));
}

static void test_options_that_do_not_fit_the_backend(void **state)
{
    struct request_window window = {.query = "{}", .from_ms = 1, .to_ms = 2};
    struct request_window early = {.query = "a{}", .from_ms = 2, .to_ms = 2};
    struct request_window seconds = {.seconds = 1, .query = "a{}", .from_ms = 1, .to_ms = 2};

    (void)state;
    expect_refused("h:1", &window, "--query");
    expect_refused("parca+h:1", &window, "type");
    expect_refused("parca+h:1", &early, "--from");
    expect_refused("parca+h:1", &seconds, "--seconds");
    expect_refused("http://h/querier.v1.QuerierService/SelectMergeStacktraces", &window,
                   "names without lines");
    expect_refused("http://h/querier.v1.QuerierService/SelectSeries", &window,
                   "SelectMergeProfile");
}

static void expect_time(const char *text, int64_t expected_ms)
{
    struct err err = {0};
    int64_t time_ms = 0;

    if (!window_parse("--from", text, TO_MS, &time_ms, &err))
        fail_msg("%s: %s", text, err.message);
    assert_int_equal(time_ms, expected_ms);
}

static void test_times(void **state)
{
    static const char *const bad[] = {"",
                                      "now-",
                                      "now-1",
                                      "now-7y",
                                      "now+1h",
                                      "2026-13-01",
                                      "2026-1-1",
                                      "2026-11-20T10:00:00",
                                      "-5",
                                      "2026-11-20T10:00Z",
                                      "2026-11-20T10:00:00+2:00",
                                      "now-99999999999999999w",
                                      "99999999999999"};

    (void)state;
    expect_time("now", TO_MS);
    expect_time("now-90s", TO_MS - 90000);
    expect_time("now-2m", TO_MS - 120000);
    expect_time("now-1h", TO_MS - 3600000);
    expect_time("now-1w", TO_MS - INT64_C(7) * 24 * 3600000);
    expect_time("1795161600", FROM_MS);
    expect_time("2026-11-20T08:00:00Z", FROM_MS);
    expect_time("2026-11-20T10:30:00+02:30", FROM_MS);
    expect_time("2026-11-20T07:00:00-01:00", FROM_MS);
    expect_time("2026-11-20", FROM_MS - 8 * 3600000);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        struct err err = {0};
        int64_t time_ms;

        if (window_parse("--to", bad[i], 0, &time_ms, &err))
            fail_msg("%s: taken for a time", bad[i]);
        assert_non_null(strstr(err.message, "--to"));
    }
}

static void test_secrets_are_hidden(void **state)
{
    struct secrets secrets = {0};
    struct strbuf text = {0};
    struct err err = {0};

    (void)state;
    secrets_add(&secrets, "token-1");
    secrets_add(&secrets, "abc"); /* too short: would hide innocent text */
    strbuf_add_text(&text, "got token-1, token-1 and abc");
    secrets_hide(&secrets, &text);
    assert_string_equal(strbuf_text(&text), "got ***, *** and abc");
    err_set(&err, ERR_IO, "server: token-1");
    err_hint(&err, "not token-1");
    secrets_hide_err(&secrets, &err);
    assert_string_equal(err.message, "server: ***");
    assert_string_equal(err.hint, "not ***");
    strbuf_release(&text);
    secrets_release(&secrets);
}

static void test_retries(void **state)
{
    struct retry_failure failure = {.status = 503, .tries = 1};
    uint64_t wait_ms;

    (void)state;
    assert_true(retry_wait(&failure, 3, 60000, &wait_ms));
    assert_int_equal(wait_ms, RETRY_FIRST_MS);
    failure.tries = 3;
    assert_true(retry_wait(&failure, 3, 60000, &wait_ms));
    assert_int_equal(wait_ms, 4 * RETRY_FIRST_MS);
    failure.tries = 4;
    assert_false(retry_wait(&failure, 3, 60000, &wait_ms));
    failure = (struct retry_failure){.status = 429, .tries = 1, .retry_after_s = 7};
    assert_true(retry_wait(&failure, 3, 60000, &wait_ms));
    assert_int_equal(wait_ms, 7000);
    assert_false(retry_wait(&failure, 3, 6000, &wait_ms)); /* longer than we have */
    failure.retry_after_s = INT64_MAX;
    assert_false(retry_wait(&failure, 3, 60000, &wait_ms));
    for (long status = 400; status < 430; status++) {
        failure = (struct retry_failure){.status = status, .tries = 1};
        assert_int_equal(retry_wait(&failure, 3, 60000, &wait_ms), status == 429);
    }
    failure = (struct retry_failure){.tries = 1}; /* cut off */
    assert_false(retry_wait(&failure, 3, 60000, &wait_ms));
    failure.is_refused = true;
    assert_true(retry_wait(&failure, 3, 60000, &wait_ms));
}

static void make_pprof(int64_t value, struct strbuf *out)
{
    struct profile *profile = profile_new();

    profile_add_value_type(profile, "samples", "count");
    profile_add_sample(profile, NULL, 0)->values[0] = value;
    pprof_write(profile, out);
    profile_free(profile);
}

static void expect_reply(enum backend backend, const void *data, size_t len, const char *message)
{
    struct err err = {0};
    struct profile *profile = reply_read(backend, data, len, MAX_BYTES, &err);

    if (!profile && !message)
        fail_msg("%s", err.message);
    if (profile && message)
        fail_msg("taken for a profile, expected: %s", message);
    if (message && !strstr(err.message, message))
        fail_msg("%s\nexpected: %s", err.message, message);
    assert_true(!message || err.hint[0]);
    profile_free(profile);
}

static void expect_text(const char *text, const char *message)
{
    expect_reply(BACKEND_PPROF, text, strlen(text), message);
    expect_reply(BACKEND_PARCA, text, strlen(text), message);
}

static void test_replies(void **state)
{
    struct strbuf good = {0}, empty = {0};

    (void)state;
    make_pprof(3, &good);
    make_pprof(0, &empty);
    expect_reply(BACKEND_PPROF, good.data, good.len, NULL);
    expect_reply(BACKEND_PYROSCOPE, good.data, good.len, NULL);
    expect_reply(BACKEND_PARCA, good.data, good.len, NULL);
    expect_reply(BACKEND_PPROF, good.data, good.len / 2, "truncated");
    expect_reply(BACKEND_PPROF, empty.data, empty.len, "no samples");
    expect_text("", "no samples");
    expect_text("<!DOCTYPE html>\n<html><head><title>Sign  in</title></head>",
                "a page of HTML, expected a profile: Sign in");
    expect_text("<html><body class=x>Not\n<b>here</b></body>",
                "HTML, expected a profile: Not here");
    expect_text("{\"code\":\"invalid_argument\",\"message\":\"no such type\"}",
                "JSON, expected a profile: no such type");
    expect_text("{\"pprof\":\"%%%\"}", "JSON, expected a profile");
    expect_text("Could not enable CPU profiling", "a text, expected a profile: Could not enable");
    strbuf_release(&good);
    strbuf_release(&empty);
}

static void test_parca_reply(void **state)
{
    /* a pprof of 1 sample: sample_type {1, 2}, sample {value 1}, "", "samples", "count" */
    const char *text = "{\"pprof\":\"CgQIARACEgMSAQEyADIHc2FtcGxlczIFY291bnQ=\",\"total\":\"1\"}";

    (void)state;
    expect_reply(BACKEND_PARCA, text, strlen(text), NULL);
    expect_reply(BACKEND_PARCA, "{\"pprof\":\"\"}", 12, "no samples");
}

static void test_gzip_bomb(void **state)
{
    struct strbuf zeros = {0}, bomb = {0};

    (void)state;
    memset(strbuf_reserve(&zeros, 4 * MAX_BYTES), 0, 4 * MAX_BYTES);
    zeros.len = 4 * MAX_BYTES;
    gzip_compress(zeros.data, zeros.len, &bomb);
    expect_reply(BACKEND_PPROF, bomb.data, bomb.len, "larger than");
    strbuf_release(&zeros);
    strbuf_release(&bomb);
}

static void expect_usage(const char *message, char **argv)
{
    struct fetch_options options;
    struct err err = {0};
    int argc = 0;

    while (argv[argc])
        argc++;
    assert_int_equal(fetch_options_read(&options, argc, argv, &err), COMMAND_LINE_ERROR);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.message, message));
    assert_null(strstr(err.message, "secret"));
    fetch_options_release(&options);
}

#define ARGV(...) ((char *[]){"fetch", __VA_ARGS__, NULL})

static void test_options(void **state)
{
    struct fetch_options options;
    struct err err = {0};

    (void)state;
    assert_int_equal(
        fetch_options_read(&options, 5, ARGV("--max-size", "2K", "-HX: y", "http://h"), &err),
        COMMAND_LINE_RUN);
    assert_int_equal(options.max_bytes, 2048);
    assert_int_equal(options.header_count, 1);
    assert_int_equal(options.url_count, 1);
    assert_string_equal(options.output, "default.pgo");
    fetch_options_release(&options);
    expect_usage("no URL", ARGV("-f"));
    expect_usage("--seconds", ARGV("--seconds", "0", "h"));
    expect_usage("--timeout", ARGV("--timeout", "soon", "h"));
    expect_usage("--retries", ARGV("--retries", "101", "h"));
    expect_usage("--max-size", ARGV("--max-size", "5G", "h"));
    expect_usage("--max-size", ARGV("--max-size", "K", "h"));
    expect_usage("-H", ARGV("-H", "secret", "h"));
    expect_usage("-H", ARGV("-H", "X: secret\nY: z", "h"));
    expect_usage("one of them", ARGV("--bearer-file", "a", "--user-file", "b", "h"));
    expect_usage("--key", ARGV("--key", "a", "h"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_secrets_of_urls_are_not_shown),
        cmocka_unit_test(test_bad_urls),
        cmocka_unit_test(test_plain_urls_are_completed),
        cmocka_unit_test(test_user_is_taken_out_of_the_url),
        cmocka_unit_test(test_pyroscope),
        cmocka_unit_test(test_parca),
        cmocka_unit_test(test_options_that_do_not_fit_the_backend),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_secrets_are_hidden),
        cmocka_unit_test(test_retries),
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_parca_reply),
        cmocka_unit_test(test_gzip_bomb),
        cmocka_unit_test(test_options),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
