#include "http_server.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "http_listener.h"
#include "survive.h"
#include "own_thread.h"

#define CONNECTIONS_MAX 64
#define NS              UINT64_C(1000000000)
#define NEVER           UINT64_MAX

/* What is polled; the connections come last. */
enum { POLLED_WAKE, POLLED_LISTEN, POLLED_OFFER, POLLED_HOLDER, FIRST_CONNECTION };

struct http_server {
    struct http_listener listener;
    char address_text[sizeof(struct sockaddr_un) + 8];
    const struct http_service *service;
    struct http_timeouts timeouts;
    int wake_fd; /* readable: stop */
    pthread_t thread;
    bool stopping;
    uint64_t accept_after_ns; /* no descriptor was left, or the address is taken: not before */
    struct http_connection *profile_client;
    uint64_t profile_end_ns;
    struct http_connection *current; /* the one whose turn it is */
    struct http_connection connections[CONNECTIONS_MAX];
    struct pollfd polled[CONNECTIONS_MAX + FIRST_CONNECTION];
};

static uint64_t now_ns(void)
{
    return (uint64_t)clock_steady_ns();
}

static void answer(struct http_server *server, struct http_connection *connection,
                   struct http_response *response, bool head_only)
{
    http_connection_answer(connection, response, head_only, now_ns(), &server->timeouts);
    http_response_release(response);
}

/* A profile that is due may still wait for its turn. */
static unsigned seconds_until(uint64_t end_ns, uint64_t now)
{
    return end_ns > now ? (unsigned)((end_ns - now) / NS + 1) : 1;
}

static void begin_profile(struct http_server *server, struct http_connection *connection,
                          unsigned seconds)
{
    struct http_response response = {0};
    struct err err = {0};
    uint64_t now = now_ns();

    if (server->profile_client) {
        http_response_say(&response, 503, "a profile is being taken: one at a time");
        http_response_header(&response, "Retry-After: %u",
                             seconds_until(server->profile_end_ns, now));
    } else if (server->service->profile_begin(server->service->context, &err)) {
        server->profile_client = connection;
        server->profile_end_ns = now + seconds * NS;
        connection->state = HTTP_WAITING;
        connection->deadline_ns = NEVER;
        return;
    } else {
        http_response_say(&response, 503, "%s", err.message);
        http_response_header(&response, "Retry-After: 1");
    }
    answer(server, connection, &response, false);
}

static void end_profile(struct http_server *server)
{
    struct http_connection *client = server->profile_client;
    struct http_response response = {0};
    struct strbuf pprof = {0};
    struct err err = {0};

    server->current = client;
    server->profile_client = NULL; /* before: the end may not return, without memory */
    if (server->service->profile_end(server->service->context, &pprof, &err))
        http_pages_profile(&pprof, "profile", &response);
    else
        http_response_say(&response, 500, "%s", err.message);
    strbuf_release(&pprof);
    answer(server, client, &response, false);
}

/* A profile whose client has gone, by itself or by our hand, is nobody's. */
static void drop_profile(struct http_server *server)
{
    if (!server->profile_client || server->profile_client->state == HTTP_WAITING)
        return;
    server->profile_client = NULL;
    server->service->profile_drop(server->service->context);
}

static void read_request(struct http_server *server, struct http_connection *connection)
{
    struct http_response response = {0};
    struct http_request request;
    enum http_parse parsed = http_connection_read(connection, &request);
    unsigned seconds = 0;

    if (parsed == HTTP_PARSE_MORE)
        return;
    if (parsed != HTTP_PARSE_OK)
        http_pages_refuse(parsed, &response);
    else if (!http_pages_answer(server->service, &request,
                                server->listener.address.is_private &&
                                    !server->listener.address.is_unix,
                                &response, &seconds)) {
        begin_profile(server, connection, seconds);
        return;
    }
    answer(server, connection, &response, parsed == HTTP_PARSE_OK && request.head_only);
}

/* The answer to one too many is written at once or not at all. */
static void turn_away(int fd)
{
    static const char text[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"
                               "Content-Length: 0\r\nConnection: close\r\n\r\n";
    char unread[1024];

    if (send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL) > 0)
        shutdown(fd, SHUT_WR);
    for (int i = 0; i < 8 && recv(fd, unread, sizeof(unread), 0) > 0; i++)
        ; /* unread bytes would take the answer back; who sends more than a head loses it */
    close(fd);
}

static struct http_connection *find_free(struct http_server *server)
{
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        if (server->connections[i].state == HTTP_FREE)
            return &server->connections[i];
    return NULL;
}

/*
 * As many as a table can hold, then the others have their turn. Without descriptors the listening
 * socket stays readable: a second without it, or this would be a busy loop.
 */
static void accept_clients(struct http_server *server)
{
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        int fd = accept4(server->listener.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        struct http_connection *connection;

        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
                server->accept_after_ns = now_ns() + NS;
            return;
        }
        connection = find_free(server);
        if (!connection)
            turn_away(fd);
        else if (!http_connection_open(connection, fd, now_ns(), &server->timeouts))
            server->accept_after_ns = now_ns() + NS;
    }
}

static int timeout_until(uint64_t wake_ns)
{
    uint64_t now = now_ns();

    if (wake_ns == NEVER)
        return -1;
    return wake_ns <= now ? 0 : (int)((wake_ns - now) / 1000000 + 1);
}

/* Fills `polled`; a connection's place is by its index, free ones have no descriptor. */
static int wait_for_events(struct http_server *server)
{
    uint64_t now = now_ns(), wake_ns = server->profile_client ? server->profile_end_ns : NEVER;
    bool accepting = now >= server->accept_after_ns;

    server->polled[POLLED_WAKE] = (struct pollfd){.fd = server->wake_fd, .events = POLLIN};
    server->polled[POLLED_LISTEN] =
        (struct pollfd){.fd = accepting ? server->listener.fd : -1, .events = POLLIN};
    server->polled[POLLED_OFFER] =
        (struct pollfd){.fd = server->listener.offer_fd, .events = POLLIN};
    server->polled[POLLED_HOLDER] =
        (struct pollfd){.fd = accepting ? server->listener.holder_fd : -1, .events = POLLIN};
    if (!accepting)
        wake_ns = server->accept_after_ns < wake_ns ? server->accept_after_ns : wake_ns;
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        const struct http_connection *connection = &server->connections[i];
        bool used = connection->state != HTTP_FREE;

        server->polled[i + FIRST_CONNECTION] = (struct pollfd){
            .fd = used ? connection->fd : -1, .events = http_connection_events(connection)};
        if (used && connection->deadline_ns < wake_ns)
            wake_ns = connection->deadline_ns;
    }
    return poll(server->polled, CONNECTIONS_MAX + FIRST_CONNECTION, timeout_until(wake_ns));
}

static void serve_connection(struct http_server *server, struct http_connection *connection,
                             bool ready)
{
    server->current = connection;
    if (ready && connection->state == HTTP_READING)
        read_request(server, connection);
    else if (ready)
        http_connection_go_on(connection, now_ns(), &server->timeouts);
    if (connection->state != HTTP_FREE && connection->deadline_ns <= now_ns())
        http_connection_close(connection);
    server->current = NULL;
}

/* One round: whoever is ready, then the profile, then new clients. */
static void serve_round(void *data)
{
    struct http_server *server = data;

    if (wait_for_events(server) < 0 && errno != EINTR) {
        server->accept_after_ns = now_ns() + NS; /* no memory for poll(): not in a circle */
        return;
    }
    if (server->polled[POLLED_WAKE].revents) {
        server->stopping = true;
        return;
    }
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        if (server->polled[i + FIRST_CONNECTION].fd >= 0)
            serve_connection(server, &server->connections[i],
                             server->polled[i + FIRST_CONNECTION].revents);
    drop_profile(server);
    if (server->profile_client && server->profile_end_ns <= now_ns())
        end_profile(server);
    if (server->polled[POLLED_LISTEN].revents)
        accept_clients(server);
    if (server->polled[POLLED_OFFER].revents)
        http_listener_give(&server->listener);
    if (server->polled[POLLED_HOLDER].revents && !http_listener_take_back(&server->listener))
        server->accept_after_ns = now_ns() + NS;
}

/* Without memory in the middle of an answer: that client is given up. */
static void give_up_current(struct http_server *server)
{
    if (server->current) {
        server->current->out = (struct strbuf){0}; /* it may be half grown: lost */
        http_connection_close(server->current);
    }
    server->current = NULL;
    drop_profile(server);
}

static void *run(void *data)
{
    struct http_server *server = data;
    locale_t plain = newlocale(LC_ALL_MASK, "C", NULL);

    if (plain)
        uselocale(plain); /* numbers with a point, whatever the program has set */
    while (!server->stopping)
        if (!survive_run(serve_round, server))
            give_up_current(server);
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        http_connection_close(&server->connections[i]);
    drop_profile(server);
    uselocale(LC_GLOBAL_LOCALE);
    if (plain)
        freelocale(plain);
    return NULL;
}

static bool open_server(struct http_server *server, const char *address, struct err *err)
{
    if (!http_listener_open(&server->listener, address, err))
        return false;
    http_address_format(&server->listener.address, server->address_text,
                        sizeof(server->address_text));
    server->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (server->wake_fd < 0)
        return err_errno(err, address, "eventfd");
    return own_thread_start("pgo-http", run, server, &server->thread) ||
           err_errno(err, address, "start a thread");
}

static void release(struct http_server *server)
{
    http_listener_close(&server->listener);
    if (server->wake_fd >= 0)
        close(server->wake_fd);
    free(server);
}

struct http_server *http_server_start(const char *address, const struct http_service *service,
                                      const struct http_timeouts *timeouts, struct err *err)
{
    struct http_server *server = calloc(1, sizeof(*server));
    int code;

    if (!server) {
        err_errno(err, address, "start");
        return NULL;
    }
    server->wake_fd = -1;
    server->service = service;
    server->timeouts = timeouts ? *timeouts : (struct http_timeouts){5 * NS, 10 * NS, NS};
    if (open_server(server, address, err))
        return server;
    code = errno;
    release(server);
    errno = code;
    return NULL;
}

const char *http_server_address(const struct http_server *server)
{
    return server->address_text;
}

bool http_server_is_private(const struct http_server *server)
{
    return server->listener.address.is_private;
}

void http_server_stop(struct http_server *server)
{
    const uint64_t one = 1;

    if (!server)
        return;
    while (write(server->wake_fd, &one, sizeof(one)) < 0 && errno == EINTR)
        ;
    pthread_join(server->thread, NULL);
    release(server);
}

void http_server_forget(struct http_server *server)
{
    if (!server)
        return;
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        if (server->connections[i].state != HTTP_FREE)
            close(server->connections[i].fd);
    http_listener_forget(&server->listener);
    close(server->wake_fd);
}
