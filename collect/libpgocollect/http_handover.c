#include "http_handover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/number.h"
#include "own_thread.h"

#define PREFIX          "pgo-collect/"
#define ANSWER_MS       500
#define DESCENT_MAX     64 /* generations that are looked at */
#define YES             'y'
#define PROC_LINE_BYTES 512

/* Of a long path the end. The name has a NUL in front, and none behind. */
static socklen_t make_name(const struct http_address *address, struct sockaddr_un *name)
{
    const size_t room = sizeof(name->sun_path) - 1 - strlen(PREFIX);
    char text[sizeof(name->sun_path) + 8];
    size_t len;

    http_address_format(address, text, sizeof(text));
    len = strlen(text);
    *name = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(name->sun_path + 1, PREFIX, strlen(PREFIX));
    len = len < room ? len : room;
    memcpy(name->sun_path + 1 + strlen(PREFIX), text + strlen(text) - len, len);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(PREFIX) + len);
}

static int open_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

int handover_offer(const struct http_address *address)
{
    struct sockaddr_un name;
    socklen_t name_len = make_name(address, &name);
    int fd = open_socket();

    if (fd < 0)
        return -1;
    if (bind(fd, (struct sockaddr *)&name, name_len) == 0 && listen(fd, 8) == 0)
        return fd;
    close(fd);
    return -1;
}

/* The first line of a file in /proc, cut; false: there is none. */
static bool read_line(const char *path, char *line)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, line, PROC_LINE_BYTES - 1);

    if (fd >= 0)
        close(fd);
    line[len > 0 ? len : 0] = '\0';
    return len > 0;
}

/* proc(5), stat: "pid (comm) state ppid ..."; comm may have any character. 0: not known. */
static pid_t parent_of(pid_t pid)
{
    char path[64], line[PROC_LINE_BYTES];
    const char *rest;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    rest = read_line(path, line) ? strrchr(line, ')') : NULL;
    return rest && strlen(rest) > 4 ? (pid_t)strtol(rest + 4, NULL, 10) : 0;
}

static bool descends_from_us(pid_t pid)
{
    for (int i = 0; i < DESCENT_MAX && pid > 1; i++) {
        pid = parent_of(pid);
        if (pid == getpid())
            return true;
    }
    return false;
}

/* proc(5), syscall: the number of the call that a thread sleeps in, or "running". */
static bool waits_for_children(pid_t tid)
{
    static const long calls[] = {SYS_wait4, SYS_waitid, SYS_rt_sigsuspend, SYS_rt_sigtimedwait,
#ifdef SYS_pause
                                 SYS_pause
#endif
    };
    char path[64], line[PROC_LINE_BYTES], *end;
    long call;

    snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", (int)tid);
    if (!read_line(path, line))
        return false;
    call = strtol(line, &end, 10);
    for (size_t i = 0; end > line && i < ARRAY_SIZE(calls); i++)
        if (calls[i] == call)
            return true;
    return false;
}

/* Each thread of the program: then its profiles are empty, and nobody misses them. */
static bool is_waiting(void)
{
    DIR *folder = opendir("/proc/self/task");
    bool all = folder;
    struct dirent *entry;
    uint64_t tid;

    while (all && (entry = readdir(folder)))
        if (number_parse_u64(entry->d_name, &tid) && !own_thread_is((pid_t)tid))
            all = waits_for_children((pid_t)tid);
    if (folder)
        closedir(folder);
    return all;
}

int handover_accept(int offer_fd, pid_t *pid)
{
    int fd = accept4(offer_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct ucred peer = {0};
    socklen_t peer_len = sizeof(peer);

    if (fd < 0)
        return -1;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_len) == 0 && peer.uid == geteuid() &&
        descends_from_us(peer.pid) && is_waiting()) {
        *pid = peer.pid;
        return fd;
    }
    close(fd);
    errno = EPERM;
    return -1;
}

void handover_agree(int client_fd)
{
    const char yes = YES;

    if (send(client_fd, &yes, 1, MSG_NOSIGNAL) < 0) {
        /* it has gone, and then the address comes back */
    }
    close(client_fd);
}

bool handover_ask(const struct http_address *address)
{
    struct sockaddr_un name;
    socklen_t name_len = make_name(address, &name);
    struct pollfd polled = {.fd = open_socket(), .events = POLLIN};
    char answer = 0;
    bool agreed = polled.fd >= 0 && connect(polled.fd, (struct sockaddr *)&name, name_len) == 0 &&
                  poll(&polled, 1, ANSWER_MS) == 1 && recv(polled.fd, &answer, 1, 0) == 1 &&
                  answer == YES;

    if (polled.fd >= 0)
        close(polled.fd);
    return agreed;
}
