/*
 * metrics_registry.h - what all kinds of metrics have in common: name, help, labels, a place in the
 * list. Between metrics.c, which has their values, and metrics_registry.c alone.
 */
#ifndef LIBPGOCOLLECT_METRICS_REGISTRY_H
#define LIBPGOCOLLECT_METRICS_REGISTRY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "metrics_text.h"

struct metric_label {
    char *name, *value;
};

#define METRIC_LABELS_MAX 16

struct metric {
    struct metric *next; /* registered before this one */
    unsigned number;     /* from 1, in the order of registration */
    enum metric_kind kind;
    char *name, *help;
    struct metric_label labels[METRIC_LABELS_MAX]; /* by name */
    size_t label_count;
};

/*
 * Fills a zeroed metric and puts it in the list. On failure nothing is kept but what is in
 * `metric`, for metric_free(); errno and pgo_metrics_error() say why.
 */
MUST_CHECK bool metric_register(struct metric *metric, enum metric_kind kind, const char *name,
                                const char *help, va_list labels);

/* Sets errno and the words of pgo_metrics_error(), a literal; returns false. */
bool metric_fail(int code, const char *why);

/* One that was not registered, and the memory of the whole that it is the first member of. */
void metric_free(struct metric *metric);

struct metric *metric_newest(void);

#endif
