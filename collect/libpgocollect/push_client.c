#include "push_client.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/number.h"

static void add_url_encoded(struct strbuf *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if ((*c < 0x80 && isalnum(*c)) || strchr("-._~", *c)) /* in any locale */
            strbuf_add_char(out, (char)*c);
        else
            strbuf_add_format(out, "%%%02X", *c);
}

/* HOST, HOST:PORT, [HOST]:PORT */
static bool parse_authority(const char *text, size_t len, struct push_target *target)
{
    const char *colon = memrchr(text, ':', len), *bracket = memchr(text, ']', len);
    size_t host_len;
    uint64_t port = 80;

    if (!len || len >= sizeof(target->authority) || memchr(text, '@', len))
        return false;
    memcpy(target->authority, text, len);
    target->authority[len] = '\0';
    if (colon && bracket && colon < bracket) /* a colon of the IPv6 address itself */
        colon = NULL;
    host_len = colon ? (size_t)(colon - text) : len;
    if (colon && (!number_parse_u64(target->authority + host_len + 1, &port) || port > 65535))
        return false;
    if (text[0] == '[') {
        if (host_len < 2 || text[host_len - 1] != ']')
            return false;
        text++;
        host_len -= 2;
    }
    if (!host_len || host_len >= sizeof(target->host))
        return false;
    memcpy(target->host, text, host_len);
    target->host[host_len] = '\0';
    snprintf(target->port, sizeof(target->port), "%" PRIu64, port);
    return true;
}

static bool has_parameter(const char *path, const char *name)
{
    const char *at = strchr(path, '?');
    size_t len = strlen(name);

    for (; at; at = strchr(at + 1, '&'))
        if (strncmp(at + 1, name, len) == 0 && at[1 + len] == '=')
            return true;
    return false;
}

static void start_parameter(struct strbuf *path, const char *name)
{
    strbuf_add_format(path, "%c%s=", strchr(strbuf_text(path), '?') ? '&' : '?', name);
}

/* Only what may stand in a request line: {, } and " are common in Pyroscope's names. */
static bool add_path(const char *text, struct strbuf *path)
{
    if (*text != '/')
        strbuf_add_text(path, "/ingest");
    for (const char *c = text; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '#')
            return false;
        if (strchr("{}\"<>\\^`|", *c))
            strbuf_add_format(path, "%%%02X", *c);
        else
            strbuf_add_char(path, *c);
    }
    return true;
}

bool push_target_parse(const char *url, const char *program, struct push_target *target,
                       struct err *err)
{
    static const char scheme[] = "http://";
    struct push_target parsed = {0};
    const char *authority = url + sizeof(scheme) - 1;
    size_t len;

    if (strncmp(url, scheme, sizeof(scheme) - 1) != 0) {
        err_set(err, ERR_USAGE, "%s: expected http://HOST:PORT/ingest?name=APP", url);
        return err_hint(err, "TLS is not spoken: send to an agent on this machine, which does");
    }
    len = strcspn(authority, "/?");
    if (!parse_authority(authority, len, &parsed) || !add_path(authority + len, &parsed.path)) {
        strbuf_release(&parsed.path);
        return err_set(err, ERR_USAGE, "%s: expected http://HOST:PORT/ingest?name=APP", url);
    }
    if (!has_parameter(strbuf_text(&parsed.path), "name")) {
        start_parameter(&parsed.path, "name");
        add_url_encoded(&parsed.path, program);
    }
    *target = parsed;
    return true;
}

void push_target_release(struct push_target *target)
{
    strbuf_release(&target->path);
}

/* No pprof holds 128 random bits but by a chance that nobody has to fear. */
static void make_boundary(char boundary[40])
{
    uint64_t random[2] = {0};

    if (getrandom(random, sizeof(random), GRND_NONBLOCK) < 0)
        random[0] = (uint64_t)getpid();
    snprintf(boundary, 40, "pgo%016" PRIx64 "%016" PRIx64, random[0], random[1]);
}

static void add_number(struct strbuf *path, const char *name, int64_t number)
{
    if (has_parameter(strbuf_text(path), name))
        return;
    start_parameter(path, name);
    strbuf_add_format(path, "%" PRId64, number);
}

void push_request_write(const struct push_target *target, const struct push_item *item, uint64_t hz,
                        struct strbuf *out)
{
    struct strbuf path = {0}, body = {0};
    char boundary[40];

    strbuf_add_text(&path, strbuf_text(&target->path));
    add_number(&path, "from", item->from_s);
    add_number(&path, "until", item->until_s);
    add_number(&path, "sampleRate", (int64_t)hz);
    if (!has_parameter(strbuf_text(&path), "format"))
        strbuf_add_text(&path, "&format=pprof");
    make_boundary(boundary);
    strbuf_add_format(
        &body,
        "--%s\r\nContent-Disposition: form-data; name=\"profile\"; "
        "filename=\"profile.pprof\"\r\nContent-Type: application/octet-stream\r\n\r\n",
        boundary);
    strbuf_add(&body, item->pprof.data, item->pprof.len);
    strbuf_add_format(&body, "\r\n--%s--\r\n", boundary);
    strbuf_add_format(out,
                      "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: libpgocollect/" PGO_VERSION
                      "\r\nContent-Type: multipart/form-data; boundary=%s\r\n"
                      "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                      strbuf_text(&path), target->authority, boundary, body.len);
    strbuf_add(out, body.data, body.len);
    strbuf_release(&body);
    strbuf_release(&path);
}

/* False, and errno, if nothing of that happens before the deadline. */
static bool wait_for(int fd, short events, int64_t deadline_ns)
{
    for (;;) {
        int64_t left_ns = deadline_ns - clock_steady_ns();
        struct pollfd polled = {.fd = fd, .events = events};
        int64_t left_ms = left_ns > 0 ? left_ns / 1000000 + 1 : 0;
        int ready = poll(&polled, 1, left_ms < 60000 ? (int)left_ms : 60000);

        if (ready > 0)
            return true;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready == 0 && left_ms >= 60000)
            continue;
        if (ready == 0)
            errno = ETIMEDOUT;
        return false;
    }
}

static int connect_to(const struct sockaddr *name, socklen_t name_len, int64_t deadline_ns)
{
    int fd = socket(name->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), code = 0;
    socklen_t code_len = sizeof(code);

    if (fd < 0)
        return -1;
    if (connect(fd, name, name_len) == 0)
        return fd;
    if (errno == EINPROGRESS && wait_for(fd, POLLOUT, deadline_ns)) {
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &code_len);
        if (code == 0)
            return fd;
        errno = code;
    }
    code = errno;
    close(fd);
    errno = code;
    return -1;
}

/* The first address of the name that answers; it is remembered. */
static int look_up_and_connect(struct push_target *target, bool known_only, int64_t deadline_ns,
                               struct err *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICSERV | (known_only ? AI_NUMERICHOST : 0)};
    struct addrinfo *found = NULL;
    int fd = -1, code = getaddrinfo(target->host, target->port, &hints, &found);

    if (code != 0) {
        err_set(err, ERR_IO, "%s: %s", target->host, gai_strerror(code));
        return -1;
    }
    for (struct addrinfo *one = found; one && fd < 0; one = one->ai_next) {
        fd = connect_to(one->ai_addr, one->ai_addrlen, deadline_ns);
        if (fd >= 0) {
            memcpy(&target->name, one->ai_addr, one->ai_addrlen);
            target->name_len = one->ai_addrlen;
        }
    }
    if (fd < 0)
        err_errno(err, target->authority, "connect");
    freeaddrinfo(found);
    return fd;
}

static int open_connection(struct push_target *target, bool known_only, int64_t deadline_ns,
                           struct err *err)
{
    int fd = -1;

    if (target->name_len)
        fd = connect_to((const struct sockaddr *)&target->name, target->name_len, deadline_ns);
    if (fd >= 0)
        return fd;
    target->name_len = 0; /* the name may have moved */
    return look_up_and_connect(target, known_only, deadline_ns, err);
}

static bool send_all(int fd, const struct strbuf *request, int64_t deadline_ns)
{
    size_t sent = 0;

    while (sent < request->len) {
        ssize_t now = send(fd, request->data + sent, request->len - sent, MSG_NOSIGNAL);

        if (now >= 0)
            sent += (size_t)now;
        else if (errno != EINTR && (errno != EAGAIN || !wait_for(fd, POLLOUT, deadline_ns)))
            return false;
    }
    return true;
}

/* "HTTP/1.1 200 ...": what is behind is of no interest. 0: no such line came. */
static unsigned read_status(int fd, int64_t deadline_ns)
{
    char line[13] = "";
    size_t len = 0;
    uint64_t status;

    while (len < sizeof(line) - 1) {
        ssize_t got;

        if (!wait_for(fd, POLLIN, deadline_ns))
            return 0;
        got = recv(fd, line + len, sizeof(line) - 1 - len, 0);
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
            return 0;
        len += got > 0 ? (size_t)got : 0;
    }
    if (strncmp(line, "HTTP/1.", 7) != 0 || line[8] != ' ' || !number_parse_u64(line + 9, &status))
        return 0;
    return (unsigned)status;
}

/* A request that is wrong stays wrong; a server that is busy, or not ready, may take it later. */
static enum push_result judge(unsigned status, const struct push_target *target, struct err *err)
{
    if (status >= 200 && status < 300)
        return PUSH_DONE;
    if (!status) {
        err_set(err, ERR_IO, "%s: no answer", target->authority);
        return PUSH_LATER;
    }
    err_set(err, ERR_IO, "%s: answered with status %u", target->authority, status);
    return status >= 500 || status == 429 || status == 408 ? PUSH_LATER : PUSH_REFUSED;
}

enum push_result push_send(struct push_target *target, const struct strbuf *request,
                           int64_t deadline_ns, bool known_only, struct err *err)
{
    int fd = open_connection(target, known_only, deadline_ns, err);
    enum push_result result;

    if (fd < 0)
        return PUSH_LATER;
    if (send_all(fd, request, deadline_ns) || errno == EPIPE || errno == ECONNRESET) {
        result = judge(read_status(fd, deadline_ns), target, err);
    } else {
        err_errno(err, target->authority, "send");
        result = PUSH_LATER;
    }
    close(fd);
    return result;
}
