#include "connection.h"

#include "metrics.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const double patience = 10, farewell = 1; /* seconds */

struct connection *connection_new(int fd)
{
    struct connection *connection = must(calloc(1, sizeof(*connection)));

    connection->fd = fd;
    connection->deadline = metrics_now() + patience;
    return connection;
}

void connection_free(struct connection *connection)
{
    close(connection->fd);
    text_release(&connection->out);
    free(connection);
}

static bool may_come_later(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* False: the client has gone. */
static bool send_answers(struct connection *connection)
{
    while (connection->sent < connection->out.length) {
        ssize_t count = send(connection->fd, connection->out.data + connection->sent,
                             connection->out.length - connection->sent, MSG_NOSIGNAL);

        if (count < 0)
            return may_come_later();
        connection->sent += (size_t)count;
        connection->deadline = metrics_now() + patience;
    }
    text_clear(&connection->out);
    connection->sent = 0;
    return true;
}

/* Answers one request, if it is there. */
static bool answer_next(struct connection *connection, struct service *service)
{
    struct http_request request;
    enum http_result result = http_parse(&request, connection->in, connection->in_length);

    if (result == HTTP_INCOMPLETE)
        return false;
    service_answer(service, &request, &connection->out);
    connection->is_last = !request.keep_alive;
    connection->in_length -= request.length;
    memmove(connection->in, connection->in + request.length, connection->in_length);
    return true;
}

/* The next answer is made when the last one is gone: a client that takes none holds one at most. */
static bool serve(struct connection *connection, struct service *service)
{
    do {
        if (!send_answers(connection))
            return false;
    } while (connection->out.length == 0 && !connection->is_last &&
             answer_next(connection, service));
    return true;
}

/*
 * To close while bytes of the client are unread would reset the connection, and could take the
 * answer from it. So its end is said first, and what comes is thrown away until the client ends.
 */
static void say_end(struct connection *connection)
{
    shutdown(connection->fd, SHUT_WR);
    connection->is_ending = true;
    connection->deadline = metrics_now() + farewell;
}

static bool throw_away(struct connection *connection)
{
    ssize_t count = recv(connection->fd, connection->in, sizeof(connection->in), 0);

    return count > 0 || (count < 0 && may_come_later());
}

bool connection_advance(struct connection *connection, struct service *service)
{
    if (connection->is_ending)
        return throw_away(connection);
    if (connection->out.length == 0) {
        ssize_t count = recv(connection->fd, connection->in + connection->in_length,
                             sizeof(connection->in) - connection->in_length, 0);

        if (count < 0)
            return may_come_later();
        if (count == 0)
            return false;
        connection->in_length += (size_t)count;
    }
    if (!serve(connection, service))
        return false;
    if (connection->is_last && connection->out.length == 0)
        say_end(connection);
    return true;
}

uint32_t connection_events(const struct connection *connection)
{
    return connection->out.length ? EPOLLOUT : EPOLLIN;
}
