#include "metrics.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "metrics_registry.h"
#include "pgo_metrics.h"

/*
 * Counts are spread over cache lines by the number of the CPU, which glibc reads from the kernel's
 * rseq area without a call. An addition takes 6.4 to 6.6 ns so, with 1, 2 or 4 threads; one plain
 * atomic 8.1 to 11.8 (2 cores, docs/ARCHITECTURE.md), and more with each core that writes it.
 */
#define SHARDS     8
#define LINE_BYTES 64
#define LINE_CELLS (LINE_BYTES / sizeof(uint64_t))

#define BOUNDS_MAX 64

/* A cell is a count, or the bits of a double. */

struct pgo_counter {
    struct metric metric;
    struct {
        _Alignas(LINE_BYTES) _Atomic uint64_t count;
    } shards[SHARDS];
};

struct pgo_gauge {
    struct metric metric;
    _Atomic uint64_t value; /* one: setting it has to be seen by the next to set it */
};

/* A shard: the counts of the buckets, bound_count and one beyond; then the sum of the values. */
struct pgo_histogram {
    struct metric metric;
    double bounds[BOUNDS_MAX];
    size_t bound_count, shard_cells;
    _Alignas(LINE_BYTES) _Atomic uint64_t cells[];
};

static unsigned this_shard(void)
{
    return (unsigned)sched_getcpu() % SHARDS;
}

static uint64_t load(const _Atomic uint64_t *cell)
{
    return atomic_load_explicit(cell, memory_order_relaxed);
}

static double load_double(const _Atomic uint64_t *cell)
{
    uint64_t bits = load(cell);
    double value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

static uint64_t double_bits(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static void add_double(_Atomic uint64_t *cell, double difference)
{
    uint64_t old = load(cell), new;

    do {
        double value;

        memcpy(&value, &old, sizeof(value));
        new = double_bits(value + difference);
    } while (!atomic_compare_exchange_weak_explicit(cell, &old, new, memory_order_relaxed,
                                                    memory_order_relaxed));
}

/* Zeroed, on a line of its own; NULL with errno. `bytes` is a multiple of LINE_BYTES. */
static void *allocate(size_t bytes)
{
    void *memory = aligned_alloc(LINE_BYTES, bytes);

    if (!memory) {
        metric_fail(ENOMEM, "out of memory");
        return NULL;
    }
    return memset(memory, 0, bytes);
}

static size_t whole_lines(size_t bytes)
{
    return (bytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
}

/* The metric, the first member of all; NULL if it was refused, and then it is freed. */
static void *finish(struct metric *metric, bool registered)
{
    if (registered)
        return metric;
    int code = errno;

    metric_free(metric);
    errno = code;
    return NULL;
}

EXPORT struct pgo_counter *pgo_counter_new(const char *name, const char *help, ...)
{
    struct pgo_counter *counter = allocate(sizeof(*counter));
    va_list labels;
    bool registered;

    if (!counter)
        return NULL;
    va_start(labels, help);
    registered = metric_register(&counter->metric, METRIC_COUNTER, name, help, labels);
    va_end(labels);
    return finish(&counter->metric, registered);
}

EXPORT struct pgo_gauge *pgo_gauge_new(const char *name, const char *help, ...)
{
    struct pgo_gauge *gauge = allocate(whole_lines(sizeof(*gauge)));
    va_list labels;
    bool registered;

    if (!gauge)
        return NULL;
    va_start(labels, help);
    registered = metric_register(&gauge->metric, METRIC_GAUGE, name, help, labels);
    va_end(labels);
    return finish(&gauge->metric, registered);
}

static bool check_bounds(const double *bounds, size_t count)
{
    if (count && !bounds)
        return metric_fail(EINVAL, "bounds of the buckets are NULL, and not 0 of them");
    if (count > BOUNDS_MAX)
        return metric_fail(EINVAL, "more than 64 buckets");
    for (size_t i = 0; i < count; i++)
        if (!isfinite(bounds[i]) || (i && bounds[i] <= bounds[i - 1]))
            return metric_fail(EINVAL, "the bounds of the buckets are not finite and ascending");
    return true;
}

EXPORT struct pgo_histogram *pgo_histogram_new(const char *name, const char *help,
                                               const double *bounds, size_t bound_count, ...)
{
    static const double seconds[] = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
    struct pgo_histogram *histogram;
    size_t shard_cells;
    va_list labels;
    bool registered;

    if (!check_bounds(bounds, bound_count))
        return NULL;
    if (!bounds) {
        bounds = seconds;
        bound_count = ARRAY_SIZE(seconds);
    }
    shard_cells = (bound_count + 2 + LINE_CELLS - 1) / LINE_CELLS * LINE_CELLS;
    histogram = allocate(sizeof(*histogram) + SHARDS * shard_cells * sizeof(_Atomic uint64_t));
    if (!histogram)
        return NULL;
    memcpy(histogram->bounds, bounds, bound_count * sizeof(*bounds));
    histogram->bound_count = bound_count;
    histogram->shard_cells = shard_cells;
    va_start(labels, bound_count);
    registered = metric_register(&histogram->metric, METRIC_HISTOGRAM, name, help, labels);
    va_end(labels);
    return finish(&histogram->metric, registered);
}

EXPORT void pgo_counter_add(struct pgo_counter *counter, uint64_t n)
{
    if (counter)
        atomic_fetch_add_explicit(&counter->shards[this_shard()].count, n, memory_order_relaxed);
}

EXPORT void pgo_gauge_set(struct pgo_gauge *gauge, double value)
{
    if (gauge)
        atomic_store_explicit(&gauge->value, double_bits(value), memory_order_relaxed);
}

EXPORT void pgo_gauge_add(struct pgo_gauge *gauge, double difference)
{
    if (gauge)
        add_double(&gauge->value, difference);
}

EXPORT void pgo_histogram_observe(struct pgo_histogram *histogram, double value)
{
    _Atomic uint64_t *shard;
    size_t bucket = 0;

    if (!histogram || isnan(value)) /* one of them would make the sum of all others useless */
        return;
    shard = histogram->cells + this_shard() * histogram->shard_cells;
    while (bucket < histogram->bound_count && value > histogram->bounds[bucket])
        bucket++;
    atomic_fetch_add_explicit(&shard[bucket], 1, memory_order_relaxed);
    add_double(&shard[histogram->bound_count + 1], value);
}

static void write_counter(struct metrics_text *text, const struct pgo_counter *counter,
                          const char *labels)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < SHARDS; i++)
        sum += load(&counter->shards[i].count);
    metrics_text_count(text, counter->metric.name, "", labels, sum);
}

/* Buckets are cumulative; the count is the last of them, so that they always agree. */
static void write_histogram(struct metrics_text *text, const struct pgo_histogram *histogram,
                            struct strbuf *labels)
{
    const size_t sum_cell = histogram->bound_count + 1, own = labels->len;
    const char *name = histogram->metric.name;
    uint64_t below = 0;
    double sum = 0;

    for (size_t bucket = 0; bucket <= histogram->bound_count; bucket++) {
        struct strbuf bound = {0};

        for (unsigned i = 0; i < SHARDS; i++)
            below += load(&histogram->cells[i * histogram->shard_cells + bucket]);
        metrics_text_number(&bound, bucket < histogram->bound_count ? histogram->bounds[bucket]
                                                                    : (double)INFINITY);
        metrics_text_label(labels, "le", strbuf_text(&bound));
        metrics_text_count(text, name, "_bucket", strbuf_text(labels), below);
        labels->len = own;
        if (labels->data)
            labels->data[own] = '\0';
        strbuf_release(&bound);
    }
    for (unsigned i = 0; i < SHARDS; i++)
        sum += load_double(&histogram->cells[i * histogram->shard_cells + sum_cell]);
    metrics_text_value(text, name, "_sum", strbuf_text(labels), sum);
    metrics_text_count(text, name, "_count", strbuf_text(labels), below);
}

static void write_metric(struct metrics_text *text, const struct metric *metric)
{
    struct strbuf labels = {0};

    for (size_t i = 0; i < metric->label_count; i++)
        metrics_text_label(&labels, metric->labels[i].name, metric->labels[i].value);
    switch (metric->kind) {
    case METRIC_COUNTER:
        write_counter(text, (const struct pgo_counter *)metric, strbuf_text(&labels));
        break;
    case METRIC_HISTOGRAM:
        write_histogram(text, (const struct pgo_histogram *)metric, &labels);
        break;
    default:
        metrics_text_value(text, metric->name, "", strbuf_text(&labels),
                           load_double(&((const struct pgo_gauge *)metric)->value));
    }
    strbuf_release(&labels);
}

static int compare_metrics(const void *a, const void *b)
{
    const struct metric *left = *(const struct metric *const *)a;
    const struct metric *right = *(const struct metric *const *)b;
    int order = strcmp(left->name, right->name);

    return order ? order : (left->number > right->number) - (left->number < right->number);
}

void metrics_write_registered(struct metrics_text *text)
{
    const struct metric *newest = metric_newest();
    size_t count = newest ? newest->number : 0, i = 0;
    const struct metric **metrics = malloc(count * sizeof(*metrics) + 1);

    if (!metrics)
        return;
    for (const struct metric *metric = newest; metric; metric = metric->next)
        metrics[i++] = metric;
    qsort(metrics, count, sizeof(*metrics), compare_metrics);
    for (i = 0; i < count; i++) {
        if (i == 0 || strcmp(metrics[i]->name, metrics[i - 1]->name) != 0)
            metrics_text_family(text, metrics[i]->name, metrics[i]->kind, metrics[i]->help);
        write_metric(text, metrics[i]);
    }
    free(metrics);
}
