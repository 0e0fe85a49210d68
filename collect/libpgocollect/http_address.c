#include "http_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/number.h"

#define BACKLOG 128

static bool parse_port(const char *text, in_port_t *port)
{
    uint64_t number;

    if (!number_parse_u64(text, &number) || number > 65535)
        return false;
    *port = htons((uint16_t)number);
    return true;
}

/* PATH with %p replaced. */
static bool parse_unix(const char *path, struct http_address *address, struct err *err)
{
    const char *mark = strstr(path, "%p");
    char *out = address->name.local.sun_path;
    const size_t size = sizeof(address->name.local.sun_path);
    int len =
        mark ? snprintf(out, size, "%.*s%d%s", (int)(mark - path), path, (int)getpid(), mark + 2)
             : snprintf(out, size, "%s", path);

    if (len <= 0 || (size_t)len >= size) {
        err_set(err, ERR_USAGE, "unix:%s: a path of %d bytes, expected 1 to %zu", path, len,
                size - 1);
        return err_hint(err, "write unix:PATH, for instance unix:/run/app/pprof.sock");
    }
    address->name.local.sun_family = AF_UNIX;
    address->name_len = sizeof(address->name.local);
    address->is_unix = address->is_private = true;
    return true;
}

static bool parse_ip4(const char *host, struct http_address *address)
{
    struct sockaddr_in *ip4 = &address->name.ip4;

    if (!*host || strcmp(host, "localhost") == 0)
        ip4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else if (inet_pton(AF_INET, host, &ip4->sin_addr) != 1)
        return false;
    ip4->sin_family = AF_INET;
    address->name_len = sizeof(*ip4);
    address->is_private = ntohl(ip4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    return true;
}

static bool parse_ip6(const char *host, struct http_address *address)
{
    struct sockaddr_in6 *ip6 = &address->name.ip6;

    if (inet_pton(AF_INET6, host, &ip6->sin6_addr) != 1)
        return false;
    ip6->sin6_family = AF_INET6;
    address->name_len = sizeof(*ip6);
    address->is_private =
        IN6_IS_ADDR_LOOPBACK(&ip6->sin6_addr) ||
        (IN6_IS_ADDR_V4MAPPED(&ip6->sin6_addr) && ip6->sin6_addr.s6_addr[12] == IN_LOOPBACKNET);
    return true;
}

/* HOST:PORT, [HOST]:PORT, :PORT, PORT */
static bool parse_inet(const char *text, struct http_address *address)
{
    const char *colon = strrchr(text, ':'), *host = text;
    size_t host_len = colon ? (size_t)(colon - text) : 0;
    const char *port = colon ? colon + 1 : text;
    bool bracketed = host_len >= 2 && text[0] == '[' && colon[-1] == ']';
    char name[INET6_ADDRSTRLEN];

    if (bracketed)
        host++, host_len -= 2;
    if (host_len >= sizeof(name))
        return false;
    memcpy(name, host, host_len);
    name[host_len] = '\0';
    if (!(bracketed ? parse_ip6(name, address) : parse_ip4(name, address)))
        return false;
    return parse_port(port, bracketed ? &address->name.ip6.sin6_port : &address->name.ip4.sin_port);
}

bool http_address_parse(const char *text, struct http_address *address, struct err *err)
{
    struct http_address parsed = {0};

    if (strncmp(text, "unix:", 5) == 0) {
        if (!parse_unix(text + 5, &parsed, err))
            return false;
    } else if (!parse_inet(text, &parsed)) {
        err_set(err, ERR_USAGE, "%s: expected ADDRESS:PORT or unix:PATH", text);
        return err_hint(err, "write 127.0.0.1:6060, [::1]:6060 or unix:PATH; names are not "
                             "looked up");
    }
    *address = parsed;
    return true;
}

void http_address_format(const struct http_address *address, char *text, size_t size)
{
    char host[INET6_ADDRSTRLEN] = "";

    switch (address->name.any.sa_family) {
    case AF_UNIX:
        snprintf(text, size, "unix:%s", address->name.local.sun_path);
        break;
    case AF_INET6:
        inet_ntop(AF_INET6, &address->name.ip6.sin6_addr, host, sizeof(host));
        snprintf(text, size, "[%s]:%u", host, (unsigned)ntohs(address->name.ip6.sin6_port));
        break;
    default:
        inet_ntop(AF_INET, &address->name.ip4.sin_addr, host, sizeof(host));
        snprintf(text, size, "%s:%u", host, (unsigned)ntohs(address->name.ip4.sin_port));
    }
}

/* Removes a socket file that nobody listens on; connecting is the way to know. */
static void remove_stale(const struct http_address *address)
{
    struct stat status;
    int fd;

    if (lstat(address->name.local.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode))
        return;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    if (connect(fd, &address->name.any, address->name_len) != 0 && errno == ECONNREFUSED)
        unlink(address->name.local.sun_path);
    close(fd);
}

/*
 * The mode of a socket file comes from the umask, which belongs to the whole process and is not
 * ours. fchmod() before bind() does it: Linux takes the file's mode from the socket's own.
 */
static bool bind_and_listen(int fd, const struct http_address *address)
{
    const int on = 1;

    if (address->is_unix) {
        remove_stale(address);
        if (fchmod(fd, S_IRUSR | S_IWUSR) != 0)
            return false;
    } else if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0) {
        return false;
    }
    return bind(fd, &address->name.any, address->name_len) == 0 && listen(fd, BACKLOG) == 0;
}

int http_address_listen(struct http_address *address, struct err *err)
{
    char text[sizeof(address->name.local.sun_path) + 8];
    socklen_t name_len = sizeof(address->name);
    int fd = socket(address->name.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    http_address_format(address, text, sizeof(text));
    if (fd < 0 || !bind_and_listen(fd, address)) {
        int code = errno;

        err_errno(err, text, "listen");
        if (fd >= 0)
            close(fd);
        errno = code;
        return -1;
    }
    if (!address->is_unix) /* with port 0 the system has chosen */
        getsockname(fd, &address->name.any, &name_len);
    return fd;
}
