#define _GNU_SOURCE /* accept4 */
#include "workers.h"

#include "connection.h"
#include "metrics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_CONNECTIONS = 512, BATCH = 64, SWEEP_MS = 500 };

struct worker {
    pthread_t thread;
    struct workers *workers;
    int epoll;
    struct service service;
    struct connection *connections;
    unsigned connection_count;
};

struct workers {
    int listener;
    int stopper; /* readable: the threads end */
    unsigned port;
    unsigned limit; /* connections of each thread */
    unsigned count; /* threads that run */
    struct worker *all;
};

static bool watch(const struct worker *worker, int operation, int fd, uint32_t events, void *data)
{
    struct epoll_event event = {.events = events, .data.ptr = data};

    return epoll_ctl(worker->epoll, operation, fd, &event) == 0;
}

static void drop(struct worker *worker, struct connection *connection)
{
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        worker->connections = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    worker->connection_count--;
    metrics_add_connections(-1);
    connection_free(connection);
}

/* One at a time, so that the other threads get some as well. */
static void accept_next(struct worker *worker)
{
    int fd = accept4(worker->workers->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct connection *connection;
    int on = 1;

    if (fd < 0)
        return; /* another thread was quicker, or the client has gone */
    if (worker->connection_count == worker->workers->limit) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    connection = connection_new(fd);
    connection->next = worker->connections;
    if (connection->next)
        connection->next->previous = connection;
    worker->connections = connection;
    worker->connection_count++;
    metrics_add_connections(1);
    if (!watch(worker, EPOLL_CTL_ADD, fd, EPOLLIN, connection))
        drop(worker, connection);
}

static void advance(struct worker *worker, struct connection *connection)
{
    uint32_t before = connection_events(connection);

    if (!connection_advance(connection, &worker->service))
        drop(worker, connection);
    else if (connection_events(connection) != before)
        watch(worker, EPOLL_CTL_MOD, connection->fd, connection_events(connection), connection);
}

static void drop_late(struct worker *worker, double now)
{
    struct connection *next;

    for (struct connection *connection = worker->connections; connection; connection = next) {
        next = connection->next;
        if (connection->deadline < now)
            drop(worker, connection);
    }
}

static void *run(void *data)
{
    struct worker *worker = data;
    struct workers *workers = worker->workers;
    struct epoll_event events[BATCH];
    double sweep = 0;
    bool stops = false;

    while (!stops) {
        int count = epoll_wait(worker->epoll, events, BATCH, SWEEP_MS);

        for (int i = 0; i < count; i++) {
            void *source = events[i].data.ptr;

            if (source == &workers->stopper)
                stops = true;
            else if (source == &workers->listener)
                accept_next(worker);
            else
                advance(worker, source);
        }
        if (metrics_now() >= sweep) {
            sweep = metrics_now() + SWEEP_MS / 1000.0;
            drop_late(worker, metrics_now());
        }
    }
    while (worker->connections)
        drop(worker, worker->connections);
    return NULL;
}

static bool start_worker(struct workers *workers, const struct index *index)
{
    struct worker *worker = &workers->all[workers->count];

    worker->workers = workers;
    service_init(&worker->service, index);
    worker->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (worker->epoll < 0 ||
        !watch(worker, EPOLL_CTL_ADD, workers->stopper, EPOLLIN, &workers->stopper) ||
        !watch(worker, EPOLL_CTL_ADD, workers->listener, EPOLLIN | EPOLLEXCLUSIVE,
               &workers->listener))
        return false;
    errno = pthread_create(&worker->thread, NULL, run, worker);
    return errno == 0;
}

static bool listen_on(struct workers *workers, unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t length = sizeof(address);
    int on = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    workers->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (workers->listener < 0)
        return false;
    setsockopt(workers->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(workers->listener, (struct sockaddr *)&address, length) != 0 ||
        listen(workers->listener, SOMAXCONN) != 0 ||
        getsockname(workers->listener, (struct sockaddr *)&address, &length) != 0)
        return false;
    workers->port = ntohs(address.sin_port);
    return true;
}

struct workers *workers_start(const struct index *index, unsigned port, unsigned threads)
{
    struct workers *workers = must(calloc(1, sizeof(*workers)));
    bool started;
    int code;

    workers->limit = MAX_CONNECTIONS / threads;
    workers->all = must(calloc(threads, sizeof(*workers->all)));
    workers->stopper = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    started = workers->stopper >= 0 && listen_on(workers, port);
    while (started && workers->count < threads) {
        started = start_worker(workers, index);
        workers->count += started;
    }
    if (started)
        return workers;
    code = errno; /* of a thread that did not start some memory is left: the program ends */
    workers_stop(workers);
    errno = code;
    return NULL;
}

unsigned workers_port(const struct workers *workers)
{
    return workers->port;
}

void workers_stop(struct workers *workers)
{
    eventfd_write(workers->stopper, 1);
    for (unsigned i = 0; i < workers->count; i++) {
        pthread_join(workers->all[i].thread, NULL);
        close(workers->all[i].epoll);
        service_release(&workers->all[i].service);
    }
    close(workers->listener);
    close(workers->stopper);
    free(workers->all);
    free(workers);
}
