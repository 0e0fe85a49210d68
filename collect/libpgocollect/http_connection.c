#include "http_connection.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

bool http_connection_open(struct http_connection *connection, int fd, uint64_t now_ns,
                          const struct http_timeouts *timeouts)
{
    char *head = malloc(HTTP_HEAD_MAX_BYTES); /* not mem_alloc(): a client is given up easily */

    if (!head) {
        close(fd);
        return false;
    }
    *connection = (struct http_connection){
        .state = HTTP_READING, .fd = fd, .deadline_ns = now_ns + timeouts->head_ns, .head = head};
    return true;
}

void http_connection_close(struct http_connection *connection)
{
    struct http_connection closed = *connection;

    if (closed.state == HTTP_FREE)
        return;
    /* First forgotten, then closed: a fork in between must not close a number twice. */
    *connection = (struct http_connection){.state = HTTP_FREE, .fd = -1};
    close(closed.fd);
    free(closed.head);
    strbuf_release(&closed.out);
}

static bool would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

enum http_parse http_connection_read(struct http_connection *connection,
                                     struct http_request *request)
{
    ssize_t got = recv(connection->fd, connection->head + connection->head_len,
                       HTTP_HEAD_MAX_BYTES - connection->head_len, 0);

    if (got < 0 && would_block())
        return HTTP_PARSE_MORE;
    if (got <= 0) {
        http_connection_close(connection);
        return HTTP_PARSE_MORE;
    }
    connection->head_len += (size_t)got;
    return http_request_parse(connection->head, connection->head_len, request);
}

static void linger(struct http_connection *connection, uint64_t now_ns,
                   const struct http_timeouts *timeouts)
{
    shutdown(connection->fd, SHUT_WR);
    strbuf_release(&connection->out);
    connection->state = HTTP_LINGERING;
    connection->deadline_ns = now_ns + timeouts->linger_ns;
}

static void send_more(struct http_connection *connection, uint64_t now_ns,
                      const struct http_timeouts *timeouts)
{
    while (connection->sent < connection->out.len) {
        ssize_t sent = send(connection->fd, connection->out.data + connection->sent,
                            connection->out.len - connection->sent, MSG_NOSIGNAL);

        if (sent < 0 && would_block())
            return;
        if (sent < 0) {
            http_connection_close(connection);
            return;
        }
        connection->sent += (size_t)sent;
        connection->deadline_ns = now_ns + timeouts->write_ns;
    }
    linger(connection, now_ns, timeouts);
}

void http_connection_answer(struct http_connection *connection,
                            const struct http_response *response, bool head_only, uint64_t now_ns,
                            const struct http_timeouts *timeouts)
{
    http_response_write(response, head_only, &connection->out);
    connection->state = HTTP_WRITING;
    connection->deadline_ns = now_ns + timeouts->write_ns;
    send_more(connection, now_ns, timeouts);
}

/* Drops what comes; one buffer at a time, so that a client that sends much keeps nobody waiting. */
static void drop_input(struct http_connection *connection)
{
    ssize_t got = recv(connection->fd, connection->head, HTTP_HEAD_MAX_BYTES, 0);

    if (got == 0 || (got < 0 && !would_block()))
        http_connection_close(connection);
}

void http_connection_go_on(struct http_connection *connection, uint64_t now_ns,
                           const struct http_timeouts *timeouts)
{
    switch (connection->state) {
    case HTTP_WRITING:
        send_more(connection, now_ns, timeouts);
        break;
    case HTTP_LINGERING:
        drop_input(connection);
        break;
    case HTTP_WAITING: /* polled for the client's end alone */
        http_connection_close(connection);
        break;
    default:
        break;
    }
}

short http_connection_events(const struct http_connection *connection)
{
    switch (connection->state) {
    case HTTP_READING:
    case HTTP_LINGERING:
        return POLLIN;
    case HTTP_WRITING:
        return POLLOUT;
    case HTTP_WAITING:
        return POLLRDHUP;
    default:
        return 0;
    }
}
