/*
 * server: full-text search over HTTP, profiled while it serves.
 *
 *     ./server [--port N] [--threads N] [--documents N]
 *     ./server --replay N [--documents N]
 *
 * corpus.c makes documents, tokens.c cuts them into terms, index.c keeps where each term is,
 * search.c ranks; service.c answers paths by JSON (json.c); http.c reads requests, connection.c
 * talks to one client, workers.c are the threads; metrics.c counts. --replay answers a fixed list
 * of requests (requests.c) without a network, to compare two builds with.
 */
#include "http.h"
#include "index.h"
#include "metrics.h"
#include "requests.h"
#include "service.h"
#include "workers.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <pgo_collect.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CORPUS_SEED = 7, REPLAY_SEED = 11, MAX_THREADS = 64, MAX_DOCUMENTS = 1000000 };

struct options {
    unsigned port, threads, documents, replay;
};

static const char usage[] =
    "usage: server [--port N] [--threads N] [--documents N]\n"
    "       server --replay N [--documents N]\n"
    "\n"
    "Serves /search?q=WORDS&limit=N, /suggest?prefix=TEXT, /document?id=N and /health on "
    "127.0.0.1.\n"
    "\n"
    "    --port N        0: the system chooses (8080)\n"
    "    --threads N     1 to 64 (2)\n"
    "    --documents N   made up at the start, 1000 to 1000000 (5000)\n"
    "    --replay N      answer N made-up requests without a network, print a checksum, end\n"
    "\n"
    "PGO_COLLECT_HTTP=127.0.0.1:6060 serves profiles and metrics: see libpgocollect(7).\n";

static bool read_number(const char *text, unsigned min, unsigned max, unsigned *number)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    *number = (unsigned)value;
    return *text >= '0' && *text <= '9' && !*end && value >= min && value <= max;
}

static bool read_option(struct options *options, int option, const char *value)
{
    switch (option) {
    case 'p':
        return read_number(value, 0, 65535, &options->port);
    case 't':
        return read_number(value, 1, MAX_THREADS, &options->threads);
    case 'd':
        return read_number(value, REQUESTS_DOCUMENTS, MAX_DOCUMENTS, &options->documents);
    case 'r':
        return read_number(value, 1, 100000000, &options->replay);
    default:
        return false;
    }
}

static void read_options(struct options *options, int argc, char **argv)
{
    static const struct option names[] = {
        {"port", required_argument, NULL, 'p'},
        {"threads", required_argument, NULL, 't'},
        {"documents", required_argument, NULL, 'd'},
        {"replay", required_argument, NULL, 'r'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };

    for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        if (option == 'h') {
            fputs(usage, stdout);
            exit(0);
        }
        if (!read_option(options, option, optarg)) {
            fputs(usage, stderr);
            exit(2);
        }
    }
    if (optind < argc) {
        fputs(usage, stderr);
        exit(2);
    }
}

/* The same requests and answers as over a network, on one thread. */
static void replay(const struct index *index, unsigned count)
{
    struct chance chance = {REPLAY_SEED};
    struct service service;
    struct http_request request;
    struct text head = {0}, out = {0};
    uint64_t bytes = 0, hash = 14695981039346656037u; /* FNV-1a */

    service_init(&service, index);
    for (unsigned i = 0; i < count; i++) {
        requests_next(&chance, &head);
        http_parse(&request, head.data, head.length);
        text_clear(&out);
        service_answer(&service, &request, &out);
        for (size_t at = 0; at < out.length; at++)
            hash = (hash ^ (unsigned char)out.data[at]) * 1099511628211u;
        bytes += out.length;
    }
    printf("%u requests, %" PRIu64 " bytes, checksum %016" PRIx64 "\n", count, bytes, hash);
    service_release(&service);
    text_release(&head);
    text_release(&out);
}

/* Until SIGINT or SIGTERM, which every thread has blocked. */
static int serve(const struct index *index, const struct options *options, const sigset_t *ends)
{
    struct workers *workers;
    int signal;

    metrics_register(options->documents);
    workers = workers_start(index, options->port, options->threads);
    if (!workers) {
        fprintf(stderr, "server: 127.0.0.1:%u: %s\n", options->port, strerror(errno));
        return 1;
    }
    printf("server: %u documents, serves http://127.0.0.1:%u/\n", options->documents,
           workers_port(workers));
    fflush(stdout);
    sigwait(ends, &signal);
    workers_stop(workers);
    return 0;
}

int main(int argc, char **argv)
{
    struct options options = {.port = 8080, .threads = 2, .documents = 5000};
    struct corpus corpus;
    struct index *index;
    sigset_t ends;
    int status = 0;

    read_options(&options, argc, argv);
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    corpus_make(&corpus, options.documents, CORPUS_SEED);
    index = index_new(&corpus);
    if (options.replay) {
        replay(index, options.replay);
    } else {
        if (pgo_collect_start(NULL) != 0)
            fprintf(stderr, "server: no profiles: %s\n", pgo_collect_message());
        status = serve(index, &options, &ends);
        pgo_collect_stop();
    }
    index_free(index);
    corpus_release(&corpus);
    return status;
}
