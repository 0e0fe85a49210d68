/*
 * load: clients of the server, each with a connection of its own, that wait for an answer before
 * they ask again.
 *
 *     ./load [--connections N] [--seconds N | --requests N] [--seed N] PORT
 *
 * Prints requests per second and quantiles of the latency. With --requests the questions are the
 * same for each run, and so is the checksum of all answers. Exit code 1 if one was not 200.
 */
#define _GNU_SOURCE /* strcasestr */
#include "requests.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CONNECTIONS = 200, TIMEOUT_SECONDS = 10 };

struct options {
    unsigned connections, seconds, requests, seed, port;
};

struct client {
    pthread_t thread;
    const struct options *options;
    struct chance chance;
    unsigned requests; /* to send; 0: until the time is over */
    double end;
    int fd;
    double *latencies;
    size_t count, room;
    uint64_t checksum;
    bool failed;
};

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int connect_to(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct timeval timeout = {.tv_sec = TIMEOUT_SECONDS};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool send_all(int fd, const struct text *head)
{
    for (size_t sent = 0; sent < head->length;) {
        ssize_t count = send(fd, head->data + sent, head->length - sent, MSG_NOSIGNAL);

        if (count <= 0)
            return false;
        sent += (size_t)count;
    }
    return true;
}

static bool receive_more(int fd, struct text *answer)
{
    char bytes[16384];
    ssize_t count;

    errno = 0;
    count = recv(fd, bytes, sizeof(bytes), 0);
    if (count > 0)
        text_add(answer, bytes, (size_t)count);
    return count > 0;
}

/* The body's place in the answer, when its head has come; the whole length with it. */
static const char *find_body(const struct text *answer, size_t *whole)
{
    const char *body = answer->data ? strstr(answer->data, "\r\n\r\n") : NULL;
    const char *length = body ? strcasestr(answer->data, "\r\nContent-Length:") : NULL;

    if (!length || length > body)
        return NULL;
    *whole = (size_t)(body + 4 - answer->data) + strtoul(length + 17, NULL, 10);
    return body + 4;
}

static bool receive_answer(struct client *client, struct text *answer)
{
    const char *body;
    size_t whole = 0;
    uint64_t hash = 14695981039346656037u; /* FNV-1a */

    text_clear(answer);
    while (!(body = find_body(answer, &whole)) || answer->length < whole) {
        if (!receive_more(client->fd, answer))
            return false;
    }
    for (const char *at = body; at < answer->data + whole; at++)
        hash = (hash ^ (unsigned char)*at) * 1099511628211u;
    client->checksum += hash;
    return strncmp(answer->data, "HTTP/1.1 200 ", 13) == 0;
}

static void keep_latency(struct client *client, double seconds)
{
    if (client->count == client->room) {
        client->room = client->room ? 2 * client->room : 4096;
        client->latencies =
            must(realloc(client->latencies, client->room * sizeof(*client->latencies)));
    }
    client->latencies[client->count++] = seconds;
}

/* By the first line of what has come, else by the system's word. */
static void complain(const struct client *client, const struct text *answer)
{
    const char *reason = errno ? strerror(errno) : "the server has closed the connection";

    if (answer->length)
        fprintf(stderr, "load: 127.0.0.1:%u: answered %.*s\n", client->options->port,
                (int)strcspn(answer->data, "\r\n"), answer->data);
    else
        fprintf(stderr, "load: 127.0.0.1:%u: %s\n", client->options->port, reason);
}

static void *ask(void *data)
{
    struct client *client = data;
    struct text head = {0}, answer = {0};

    client->fd = connect_to(client->options->port);
    client->failed = client->fd < 0;
    while (!client->failed &&
           (client->requests ? client->count < client->requests : now() < client->end)) {
        double start = now();

        requests_next(&client->chance, &head);
        client->failed = !send_all(client->fd, &head) || !receive_answer(client, &answer);
        keep_latency(client, now() - start);
    }
    if (client->failed)
        complain(client, &answer);
    if (client->fd >= 0)
        close(client->fd);
    text_release(&head);
    text_release(&answer);
    return NULL;
}

static int by_value(const void *left, const void *right)
{
    double difference = *(const double *)left - *(const double *)right;

    return (difference > 0) - (difference < 0);
}

static void report(struct client *clients, const struct options *options, double seconds)
{
    struct client all = {0};

    for (unsigned i = 0; i < options->connections; i++) {
        for (size_t j = 0; j < clients[i].count; j++)
            keep_latency(&all, clients[i].latencies[j]);
        all.checksum += clients[i].checksum;
        free(clients[i].latencies);
    }
    if (!all.count)
        return;
    qsort(all.latencies, all.count, sizeof(*all.latencies), by_value);
    printf("%zu requests by %u connections in %.2f s: %.0f requests/s\n", all.count,
           options->connections, seconds, (double)all.count / seconds);
    printf("latency: half within %.3f ms, 90%% %.3f ms, 99%% %.3f ms, all %.3f ms\n",
           all.latencies[all.count / 2] * 1e3, all.latencies[all.count * 9 / 10] * 1e3,
           all.latencies[all.count * 99 / 100] * 1e3, all.latencies[all.count - 1] * 1e3);
    if (options->requests)
        printf("answers: checksum %016" PRIx64 "\n", all.checksum);
    free(all.latencies);
}

static int run(const struct options *options)
{
    struct client *clients = must(calloc(options->connections, sizeof(*clients)));
    double start = now();
    bool failed = false;

    for (unsigned i = 0; i < options->connections; i++) {
        struct client *client = &clients[i];

        client->options = options;
        client->chance.state = ((uint64_t)options->seed << 32) + i;
        client->requests = options->requests / options->connections +
                           (i < options->requests % options->connections);
        client->end = start + options->seconds;
        errno = pthread_create(&client->thread, NULL, ask, client);
        if (errno) {
            perror("load: thread");
            exit(1);
        }
    }
    for (unsigned i = 0; i < options->connections; i++) {
        pthread_join(clients[i].thread, NULL);
        failed |= clients[i].failed;
    }
    report(clients, options, now() - start);
    free(clients);
    return failed;
}

static bool read_number(const char *text, unsigned min, unsigned max, unsigned *number)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    *number = (unsigned)value;
    return *text >= '0' && *text <= '9' && !*end && value >= min && value <= max;
}

static bool read_options(struct options *options, int argc, char **argv)
{
    static const struct option names[] = {
        {"connections", required_argument, NULL, 'c'},
        {"seconds", required_argument, NULL, 's'},
        {"requests", required_argument, NULL, 'n'},
        {"seed", required_argument, NULL, 'r'},
        {0},
    };
    bool good = true;

    for (int option; good && (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        if (option == 'c')
            good = read_number(optarg, 1, MAX_CONNECTIONS, &options->connections);
        else if (option == 's')
            good = read_number(optarg, 1, 86400, &options->seconds);
        else if (option == 'n')
            good = read_number(optarg, 1, 1000000000, &options->requests);
        else
            good = option == 'r' && read_number(optarg, 0, UINT32_MAX, &options->seed);
    }
    return good && optind + 1 == argc && read_number(argv[optind], 1, 65535, &options->port) &&
           (!options->requests || options->requests >= options->connections);
}

int main(int argc, char **argv)
{
    struct options options = {.connections = 4, .seconds = 10, .seed = 1};

    if (!read_options(&options, argc, argv)) {
        fprintf(stderr,
                "usage: load [--connections N] [--seconds N | --requests N] [--seed N] PORT\n"
                "\n"
                "    --connections N   1 to %d, each asks when it has its answer (4)\n"
                "    --seconds N       how long (10)\n"
                "    --requests N      how many of all together, at least one a connection\n"
                "    --seed N          of the questions (1)\n",
                MAX_CONNECTIONS);
        return 2;
    }
    return run(&options);
}
