/* Where the server may listen: what counts as loopback, and what is refused. */
#include "../../collect/libpgocollect/http_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void expect(const char *text, bool is_private, const char *formatted)
{
    struct http_address address;
    struct err err = {0};
    char out[128];

    if (!http_address_parse(text, &address, &err))
        fail_msg("%s: %s", text, err.message);
    http_address_format(&address, out, sizeof(out));
    assert_string_equal(out, formatted);
    if (address.is_private != is_private)
        fail_msg("%s: is_private %d", text, address.is_private);
}

static void test_private(void **state)
{
    (void)state;
    expect("127.0.0.1:6060", true, "127.0.0.1:6060");
    expect("127.9.9.9:0", true, "127.9.9.9:0");
    expect("localhost:6060", true, "127.0.0.1:6060");
    expect(":6060", true, "127.0.0.1:6060");
    expect("6060", true, "127.0.0.1:6060");
    expect("0", true, "127.0.0.1:0");
    expect("[::1]:6060", true, "[::1]:6060");
    expect("[::ffff:127.0.0.1]:1", true, "[::ffff:127.0.0.1]:1");
    expect("unix:/run/a.sock", true, "unix:/run/a.sock");
    expect("unix:a:1", true, "unix:a:1");
}

static void test_public(void **state)
{
    (void)state;
    expect("0.0.0.0:6060", false, "0.0.0.0:6060");
    expect("[::]:6060", false, "[::]:6060");
    expect("10.1.2.3:65535", false, "10.1.2.3:65535");
    expect("128.0.0.1:1", false, "128.0.0.1:1");
    expect("[::ffff:10.0.0.1]:1", false, "[::ffff:10.0.0.1]:1");
    expect("[fe80::1]:1", false, "[fe80::1]:1");
}

static void test_pid(void **state)
{
    char expected[64];

    (void)state;
    snprintf(expected, sizeof(expected), "unix:/tmp/a.%d.sock", (int)getpid());
    expect("unix:/tmp/a.%p.sock", true, expected);
}

static void test_refused(void **state)
{
    static const char *const bad[] = {
        "",
        ":",
        "host:1",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "127.1:80",
        "::1:80",
        "[::1]",
        "[::1:80",
        "*:80",
        "127.0.0.1:-1",
        "unix:",
        "http://a:80",
        "127.0.0.1:http",
        "0x7f.0.0.1:1",
        "[localhost]:1",
        " :1",
    };
    struct http_address address;
    char path[256];

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err err = {0};

        if (http_address_parse(bad[i], &address, &err))
            fail_msg("%s: taken", bad[i]);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_true(err.hint[0]);
    }
    memset(path, 'a', sizeof(path));
    memcpy(path, "unix:", 5);
    path[sizeof(path) - 1] = '\0';
    struct err err = {0};

    assert_false(http_address_parse(path, &address, &err));
    assert_non_null(strstr(err.message, "expected 1 to 107"));
}

static int listen_at(const char *text, struct err *err)
{
    struct http_address address;

    *err = (struct err){0};
    assert_true(http_address_parse(text, &address, err));
    return http_address_listen(&address, err);
}

static void test_port(void **state)
{
    struct http_address address;
    struct err err = {0};
    char text[64];
    int fd;

    (void)state;
    assert_true(http_address_parse("127.0.0.1:0", &address, &err));
    fd = http_address_listen(&address, &err);
    assert_true(fd >= 0);
    http_address_format(&address, text, sizeof(text));
    assert_string_not_equal(text, "127.0.0.1:0");
    assert_int_equal(listen_at(text, &err), -1);
    assert_non_null(strstr(err.message, "in use"));
    close(fd);
}

static void test_socket_file(void **state)
{
    char folder[] = "/tmp/http_address.XXXXXX", path[64], text[80];
    struct err err = {0};
    struct stat status;
    FILE *file;
    int fd;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/s", folder);
    snprintf(text, sizeof(text), "unix:%s", path);
    fd = listen_at(text, &err);
    assert_true(fd >= 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(listen_at(text, &err), -1); /* somebody listens */
    close(fd);
    fd = listen_at(text, &err); /* nobody: the file is stale */
    assert_true(fd >= 0);
    close(fd);
    unlink(path);
    file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(listen_at(text, &err), -1); /* an ordinary file is left alone */
    assert_int_equal(stat(path, &status), 0);
    assert_true(S_ISREG(status.st_mode));
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_private), cmocka_unit_test(test_public),
        cmocka_unit_test(test_pid),     cmocka_unit_test(test_refused),
        cmocka_unit_test(test_port),    cmocka_unit_test(test_socket_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
