#include "metrics_registry.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "pgo_metrics.h"

static _Atomic(struct metric *) newest;
static __thread const char *failure; /* a literal */

bool metric_fail(int code, const char *why)
{
    failure = why;
    errno = code;
    return false;
}

EXPORT const char *pgo_metrics_error(void)
{
    return failure ? failure : "no failure";
}

struct metric *metric_newest(void)
{
    return atomic_load_explicit(&newest, memory_order_acquire);
}

static bool is_name(const char *name, bool colons)
{
    if (!name || !*name || (*name >= '0' && *name <= '9'))
        return false;
    for (const char *c = name; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
              *c == '_' || (*c == ':' && colons)))
            return false;
    return true;
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* True if `text` is `start` with this behind it. */
static bool is_extended(const char *text, const char *start, const char *behind)
{
    return starts_with(text, start) && strcmp(text + strlen(start), behind) == 0;
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static bool check_name(const char *name, enum metric_kind kind)
{
    if (!is_name(name, true))
        return metric_fail(EINVAL, "the name is not of the form [a-zA-Z_:][a-zA-Z0-9_:]*");
    if (starts_with(name, "process_") || starts_with(name, "pgo_"))
        return metric_fail(EINVAL, "names with process_ and pgo_ are those of libpgocollect");
    if (kind == METRIC_COUNTER && (!ends_with(name, "_total") || strcmp(name, "_total") == 0))
        return metric_fail(EINVAL, "the name of a counter must end in _total");
    if (kind != METRIC_COUNTER && ends_with(name, "_total"))
        return metric_fail(EINVAL, "only the name of a counter ends in _total");
    return true;
}

static bool copy(const char *text, char **out)
{
    *out = strdup(text);
    return *out || metric_fail(ENOMEM, "out of memory");
}

/* Kept in the order of their names, so that equal sets of labels are equal arrays. */
static bool add_label(struct metric *metric, const char *name, const char *value)
{
    size_t at = metric->label_count;
    struct metric_label label = {0};

    if (!is_name(name, false))
        return metric_fail(EINVAL, "a label's name is not of the form [a-zA-Z_][a-zA-Z0-9_]*");
    if (starts_with(name, "__") || strcmp(name, "le") == 0)
        return metric_fail(EINVAL, "a label is called le or starts with __, which are reserved");
    if (!value)
        return metric_fail(EINVAL, "a label has no value: pairs of name and value, then NULL");
    if (at == METRIC_LABELS_MAX)
        return metric_fail(EINVAL, "more than 16 labels");
    while (at > 0 && strcmp(metric->labels[at - 1].name, name) > 0)
        at--;
    if (at > 0 && strcmp(metric->labels[at - 1].name, name) == 0)
        return metric_fail(EINVAL, "a label stands there twice");
    if (!copy(name, &label.name) || !copy(value, &label.value)) {
        free(label.name);
        return false;
    }
    memmove(&metric->labels[at + 1], &metric->labels[at],
            (metric->label_count - at) * sizeof(label));
    metric->labels[at] = label;
    metric->label_count++;
    return true;
}

static bool add_labels(struct metric *metric, va_list labels)
{
    for (const char *name; (name = va_arg(labels, const char *));)
        if (!add_label(metric, name, va_arg(labels, const char *)))
            return false;
    return true;
}

static bool same_labels(const struct metric *a, const struct metric *b)
{
    if (a->label_count != b->label_count)
        return false;
    for (size_t i = 0; i < a->label_count; i++)
        if (strcmp(a->labels[i].name, b->labels[i].name) != 0 ||
            strcmp(a->labels[i].value, b->labels[i].value) != 0)
            return false;
    return true;
}

/* The values of a histogram have names of their own. */
static bool takes_name_of(const struct metric *histogram, const struct metric *other)
{
    return histogram->kind == METRIC_HISTOGRAM &&
           (is_extended(other->name, histogram->name, "_bucket") ||
            is_extended(other->name, histogram->name, "_count") ||
            is_extended(other->name, histogram->name, "_sum"));
}

static bool check_against(const struct metric *metric, const struct metric *other)
{
    if (takes_name_of(metric, other) || takes_name_of(other, metric))
        return metric_fail(EEXIST, "a histogram's _bucket, _count or _sum has this name");
    if (strcmp(metric->name, other->name) != 0)
        return true;
    if (metric->kind != other->kind)
        return metric_fail(EEXIST, "a metric of another type has this name");
    if (same_labels(metric, other))
        return metric_fail(EEXIST, "a metric with this name and these labels is there");
    return true;
}

/* Whoever comes between is looked at in the next round: only what is new since the last one. */
static bool put_in_list(struct metric *metric)
{
    struct metric *seen = NULL, *head = metric_newest();

    do {
        for (const struct metric *other = head; other != seen; other = other->next)
            if (!check_against(metric, other))
                return false;
        seen = head;
        metric->number = head ? head->number + 1 : 1;
        if (metric->number > PGO_METRICS_MAX)
            return metric_fail(ENOSPC, "more than 10000 metrics: is a label's value a request's?");
        metric->next = head;
    } while (!atomic_compare_exchange_weak_explicit(&newest, &head, metric, memory_order_acq_rel,
                                                    memory_order_acquire));
    return true;
}

bool metric_register(struct metric *metric, enum metric_kind kind, const char *name,
                     const char *help, va_list labels)
{
    metric->kind = kind;
    return check_name(name, kind) && copy(name, &metric->name) &&
           copy(help ? help : "", &metric->help) && add_labels(metric, labels) &&
           put_in_list(metric);
}

void metric_free(struct metric *metric)
{
    if (!metric)
        return;
    for (size_t i = 0; i < metric->label_count; i++) {
        free(metric->labels[i].name);
        free(metric->labels[i].value);
    }
    free(metric->name);
    free(metric->help);
    free(metric);
}
