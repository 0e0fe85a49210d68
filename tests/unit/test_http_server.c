/* The server over real sockets, with a profiler that is none. */
#include "../../collect/libpgocollect/http_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../collect/libpgocollect/http_address.h"
#include "base/out_of_memory.h"

#define BIG_BYTES (16u << 20)
#define CLIENTS   200

struct fake {
    _Atomic int begun, ended, dropped;
    size_t profile_bytes;
    bool refuse_begin, refuse_end, no_memory;
    _Atomic unsigned slow_page_us; /* the next /metrics takes so long */
    _Atomic int pages;             /* of /metrics that have begun */
    _Atomic bool is_held;          /* they do not end meanwhile */
};

static bool fake_begin(void *context, struct err *err)
{
    struct fake *fake = context;

    if (fake->refuse_begin)
        return err_set(err, ERR_UNSUPPORTED, "no sampler");
    fake->begun++;
    return true;
}

static bool fake_end(void *context, struct strbuf *out, struct err *err)
{
    struct fake *fake = context;

    fake->ended++;
    if (fake->no_memory)
        out_of_memory();
    if (fake->refuse_end)
        return err_set(err, ERR_IO, "no samples");
    memset(strbuf_reserve(out, fake->profile_bytes), 'p', fake->profile_bytes);
    out->len += fake->profile_bytes;
    return true;
}

static void fake_drop(void *context)
{
    struct fake *fake = context;

    fake->dropped++;
}

static void fake_metrics(void *context, struct metrics_text *text)
{
    struct fake *fake = context;
    unsigned wait_us = atomic_exchange(&fake->slow_page_us, 0);

    fake->pages++;
    while (fake->is_held)
        usleep(1000);
    usleep(wait_us);
    metrics_text_family(text, "pgo_fake", METRIC_GAUGE, "Of the test.");
    metrics_text_value(text, "pgo_fake", "", "", 0.5);
}

struct setup {
    struct fake fake;
    struct http_service service;
    struct http_server *server;
};

static void start(struct setup *setup, const char *address, const struct http_timeouts *timeouts)
{
    struct err err = {0};

    *setup = (struct setup){.fake.profile_bytes = 1000};
    setup->service = (struct http_service){.context = &setup->fake,
                                           .profile_begin = fake_begin,
                                           .profile_end = fake_end,
                                           .profile_drop = fake_drop,
                                           .metrics = fake_metrics};
    setup->server = http_server_start(address, &setup->service, timeouts, &err);
    if (!setup->server)
        fail_msg("%s", err.message);
}

static int dial(const struct setup *setup)
{
    struct http_address address;
    struct err err = {0};
    int fd;

    assert_true(http_address_parse(http_server_address(setup->server), &address, &err));
    fd = socket(address.name.any.sa_family, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, &address.name.any, address.name_len), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* All up to the end of the connection; free() it. */
static char *hear(int fd)
{
    struct strbuf text = {0};
    ssize_t got;

    while ((got = recv(fd, strbuf_reserve(&text, 65536), 65536, 0)) > 0)
        text.len += (size_t)got;
    close(fd);
    strbuf_add_char(&text, '\0');
    return text.data;
}

static char *ask(const struct setup *setup, const char *request)
{
    int fd = dial(setup);

    say(fd, request);
    return hear(fd);
}

/* The answer to a GET has the status and, if not NULL, the text. */
static void expect(const struct setup *setup, const char *path, const char *status, const char *has)
{
    char request[256], *answer;

    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    answer = ask(setup, request);
    if (strncmp(answer, "HTTP/1.1 ", 9) != 0 || strncmp(answer + 9, status, 3) != 0 ||
        (has && !strstr(answer, has)))
        fail_msg("%s: %.600s", path, answer);
    free(answer);
}

static void test_pages(void **state)
{
    struct setup setup;
    char *answer;

    (void)state;
    start(&setup, "127.0.0.1:0", NULL);
    assert_true(http_server_is_private(setup.server));
    expect(&setup, "/", "302", "Location: /debug/pprof/\r\n");
    expect(&setup, "/debug/pprof/", "200", "<title>test_http_server: profiles</title>");
    expect(&setup, "/debug/pprof/cmdline", "200", "\r\n\r\ntest_http_server");
    expect(&setup, "/debug/pprof/environ", "404", "/debug/pprof/");
    expect(&setup, "/metrics", "200", "pgo_fake 0.5\n");
    expect(&setup, "/metrics", "200", "text/plain; version=0.0.4");
    expect(&setup, "/metrics", "200", "\nprocess_open_fds ");
    expect(&setup, "/metrics", "200", "\nprocess_cpu_seconds_total ");
    expect(&setup, "/metrics", "200", "\npgo_build_info{version=\"");
    answer = ask(&setup, "GET /metrics HTTP/1.1\r\nHost: [::1]\r\nAccept: "
                         "application/openmetrics-text\r\n\r\n");
    assert_non_null(strstr(answer, "application/openmetrics-text; version=1.0.0"));
    assert_non_null(strstr(answer, "\n# TYPE pgo_build info\n"));
    assert_string_equal(answer + strlen(answer) - 6, "# EOF\n");
    free(answer);
    answer = ask(&setup, "HEAD /metrics HTTP/1.0\n\n");
    assert_non_null(strstr(answer, "200 OK"));
    assert_string_equal(answer + strlen(answer) - 4, "\r\n\r\n");
    free(answer);
    http_server_stop(setup.server);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *request, *status;
    } cases[] = {
        {"POST /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", "405"},
        {"PUT /metrics HTTP/1.1\r\nHost: a\r\n\r\n", "405"},
        {"POST /pprof/symbol HTTP/1.0\r\nContent-Length: 3\r\n\r\n0x1", "200"},
        {"rubbish\r\n\r\n", "400"},
        {"GET / HTTP/3.0\r\n\r\n", "505"},
        {"GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n", "403"},
    };
    struct setup setup;

    (void)state;
    start(&setup, "127.0.0.1:0", NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *answer = ask(&setup, cases[i].request);

        if (strncmp(answer + 9, cases[i].status, 3) != 0)
            fail_msg("%s: %s", cases[i].request, answer);
        free(answer);
    }
    expect(&setup, "/debug/pprof/profile?seconds=0", "400", "from 1 to 600");
    expect(&setup, "/debug/pprof/profile?seconds=601", "400", NULL);
    expect(&setup, "/debug/pprof/profile?seconds=x", "400", NULL);
    assert_int_equal(setup.fake.begun, 0);
    http_server_stop(setup.server);
}

/* Much more than fits: the answer arrives although the client has not been heard to the end. */
static void test_oversize(void **state)
{
    struct setup setup;
    struct strbuf request = {0};
    char *answer;
    int fd;

    (void)state;
    start(&setup, "127.0.0.1:0", NULL);
    strbuf_add_text(&request, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
    while (request.len < 100000)
        strbuf_add_char(&request, 'x');
    fd = dial(&setup);
    say(fd, request.data);
    answer = hear(fd);
    assert_non_null(strstr(answer, "431 Request Header Fields Too Large"));
    free(answer);
    strbuf_release(&request);
    http_server_stop(setup.server);
}

static void test_profile(void **state)
{
    struct setup setup;
    char *first;
    int fd;

    (void)state;
    start(&setup, "127.0.0.1:0", NULL);
    fd = dial(&setup);
    say(fd, "GET /debug/pprof/profile?seconds=600 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    while (setup.fake.begun == 0)
        usleep(1000);
    expect(&setup, "/pprof/profile?seconds=1", "503", "Retry-After: ");
    expect(&setup, "/metrics", "200", NULL);
    close(fd);
    while (setup.fake.dropped == 0)
        usleep(1000);
    first = ask(&setup, "GET /debug/pprof/profile?seconds=1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_non_null(strstr(first, "200 OK"));
    assert_non_null(strstr(first, "Content-Type: application/octet-stream\r\n"));
    assert_non_null(strstr(first, "Content-Disposition: attachment; filename=\"profile\"\r\n"));
    assert_non_null(strstr(first, "Content-Length: 1000\r\n"));
    free(first);
    setup.fake.refuse_end = true;
    expect(&setup, "/debug/pprof/profile?seconds=1", "500", "no samples");
    setup.fake.refuse_begin = true;
    expect(&setup, "/debug/pprof/profile?seconds=1", "503", "no sampler");
    assert_int_equal(setup.fake.begun, 3);
    assert_int_equal(setup.fake.ended, 2);
    http_server_stop(setup.server);
}

/*
 * Asked for while another one is due and waits for its turn: to come back in a second. A page that
 * takes longer than the profile, and the request behind it, are ready in one round of the server.
 */
static void test_profile_is_due(void **state)
{
    static const char page[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    static const char profile[] =
        "GET /pprof/profile?seconds=1 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    struct setup setup;
    int holding, taking, slow, refused;
    char *answer;

    (void)state;
    start(&setup, "127.0.0.1:0", NULL);
    holding = dial(&setup);
    taking = dial(&setup);
    slow = dial(&setup);
    refused = dial(&setup);
    expect(&setup, "/metrics", "200", NULL); /* from here on all four are known */
    say(taking, profile);
    while (setup.fake.begun == 0)
        usleep(1000);
    setup.fake.is_held = true;
    say(holding, page);
    while (setup.fake.pages < 2)
        usleep(1000);
    say(slow, page);
    say(refused, profile);
    setup.fake.slow_page_us = 1200000;
    setup.fake.is_held = false;
    answer = hear(refused);
    if (strstr(answer, "503 ")) /* else this thread was so late that the first has ended */
        assert_non_null(strstr(answer, "Retry-After: 1\r\n"));
    free(answer);
    free(hear(holding));
    free(hear(slow));
    free(hear(taking));
    http_server_stop(setup.server);
}

static void test_vanished(void **state)
{
    struct setup setup;
    int fd;

    (void)state;
    start(&setup, "127.0.0.1:0", NULL);
    for (int i = 0; i < 3; i++) {
        fd = dial(&setup);
        say(fd, "GET /debug/pprof/profile?seconds=600 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        while (setup.fake.begun == i)
            usleep(1000);
        close(fd);
        while (setup.fake.dropped == i)
            usleep(1000);
    }
    fd = dial(&setup);
    say(fd, "GET /debug/pprof/profile?seconds=600 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    while (setup.fake.begun == 3)
        usleep(1000);
    http_server_stop(setup.server); /* in the middle */
    assert_int_equal(setup.fake.dropped, 4);
    assert_int_equal(setup.fake.ended, 0);
    close(fd);
}

/* One that does not go on with its request, and one that does not take its answer. */
static void test_slow(void **state)
{
    const struct http_timeouts short_ones = {1000000000, 100000000, 100000000};
    char folder[] = "/tmp/http_server.XXXXXX", address[64];
    struct setup setup;
    int asking, listening;
    char *answer;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(address, sizeof(address), "unix:%s/s", folder); /* its end is seen at once */
    start(&setup, address, &short_ones);
    setup.fake.profile_bytes = BIG_BYTES;
    listening = dial(&setup);
    say(listening, "GET /debug/pprof/profile?seconds=1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    asking = dial(&setup);
    say(asking, "GET / HT");
    expect(&setup, "/metrics", "200", NULL);
    answer = hear(asking);
    assert_string_equal(answer, "");
    free(answer);
    while (setup.fake.ended == 0)
        usleep(1000);
    expect(&setup, "/metrics", "200", NULL);
    while (poll(&(struct pollfd){.fd = listening, .events = POLLRDHUP}, 1, -1) < 0)
        ;
    answer = hear(listening);
    assert_true(strlen(answer) < BIG_BYTES);
    free(answer);
    http_server_stop(setup.server);
    rmdir(folder);
}

/* All are answered: with the page, or with 503 while the table is full. */
static void test_crowd(void **state)
{
    struct setup setup;
    int fds[CLIENTS], served = 0;

    (void)state;
    start(&setup, "127.0.0.1:0", NULL);
    for (int i = 0; i < CLIENTS; i++)
        fds[i] = dial(&setup);
    for (int i = 0; i < CLIENTS; i++)
        (void)!send(fds[i], "GET /debug/pprof/cmdline HTTP/1.0\r\n\r\n", 37, MSG_NOSIGNAL);
    for (int i = 0; i < CLIENTS; i++) {
        char *answer = hear(fds[i]);

        served += strncmp(answer, "HTTP/1.1 200", 12) == 0;
        free(answer);
    }
    assert_in_range(served, 64, CLIENTS);
    expect(&setup, "/metrics", "200", NULL);
    http_server_stop(setup.server);
}

/* The client is lost, and nothing else. */
static void test_no_memory(void **state)
{
    struct setup setup;
    char *answer;

    (void)state;
    start(&setup, "127.0.0.1:0", NULL);
    setup.fake.no_memory = true;
    answer = ask(&setup, "GET /pprof/profile?seconds=1 HTTP/1.0\r\n\r\n");
    assert_string_equal(answer, "");
    free(answer);
    setup.fake.no_memory = false;
    expect(&setup, "/pprof/profile?seconds=1", "200", NULL);
    http_server_stop(setup.server);
}

/* Clients wait in the system's queue until there is a descriptor for them. */
static void test_no_descriptor(void **state)
{
    struct rlimit before, none;
    struct setup setup;
    char *answer;
    int fd;

    (void)state;
    start(&setup, "127.0.0.1:0", NULL);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    fd = dial(&setup);
    say(fd, "GET /debug/pprof/cmdline HTTP/1.0\r\n\r\n");
    answer = hear(fd); /* the server knows it: the next one has the same number */
    free(answer);
    fd = dial(&setup);
    none = (struct rlimit){(rlim_t)fd + 1, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    say(fd, "GET /debug/pprof/cmdline HTTP/1.0\r\n\r\n");
    usleep(10000);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    answer = hear(fd);
    assert_non_null(strstr(answer, "200 OK"));
    free(answer);
    http_server_stop(setup.server);
}

static void test_socket_file(void **state)
{
    char folder[] = "/tmp/http_server.XXXXXX", address[64];
    struct setup setup;
    char *answer;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(address, sizeof(address), "unix:%s/s", folder);
    start(&setup, address, NULL);
    assert_string_equal(http_server_address(setup.server), address);
    answer = ask(&setup, "GET /debug/pprof/cmdline HTTP/1.1\r\nHost: any.name\r\n\r\n");
    assert_non_null(strstr(answer, "200 OK"));
    free(answer);
    http_server_stop(setup.server);
    assert_int_equal(rmdir(folder), 0); /* the socket file is gone */
}

static void test_bad_address(void **state)
{
    struct setup setup;
    struct http_service service = {0};
    struct err err = {0};

    (void)state;
    assert_null(http_server_start("host.example:80", &service, NULL, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    start(&setup, "127.0.0.1:0", NULL);
    assert_null(http_server_start(http_server_address(setup.server), &service, NULL, &err));
    assert_int_equal(err.kind, ERR_IO);
    http_server_stop(setup.server);
    http_server_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),          cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_oversize),       cmocka_unit_test(test_profile),
        cmocka_unit_test(test_profile_is_due), cmocka_unit_test(test_vanished),
        cmocka_unit_test(test_slow),           cmocka_unit_test(test_crowd),
        cmocka_unit_test(test_socket_file),    cmocka_unit_test(test_bad_address),
        cmocka_unit_test(test_no_memory),      cmocka_unit_test(test_no_descriptor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
