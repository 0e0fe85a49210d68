#include "profile/perf_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void perf_order_add(struct perf_order *order, struct perf_order_entry entry)
{
    *ARRAY_PUSH(order->entries, order->count, order->capacity) = entry;
    order->is_released = false;
    if (entry.time_ns > order->newest_ns)
        order->newest_ns = entry.time_ns;
}

/* The end of the run that starts at `from`: entries that are in order already. */
static size_t find_run_end(const struct perf_order *order, size_t from)
{
    size_t end = from + 1;

    while (end < order->count && order->entries[end - 1].time_ns <= order->entries[end].time_ns)
        end++;
    return end;
}

static void merge(const struct perf_order_entry *left, const struct perf_order_entry *middle,
                  const struct perf_order_entry *end, struct perf_order_entry *out)
{
    const struct perf_order_entry *right = middle;

    while (left < middle && right < end)
        *out++ = right->time_ns < left->time_ns ? *right++ : *left++;
    memcpy(out, left, (size_t)(middle - left) * sizeof(*out));
    out += middle - left;
    memcpy(out, right, (size_t)(end - right) * sizeof(*out));
}

/* Merges each two neighbouring runs into one; false when there is only one. */
static bool merge_runs(struct perf_order *order)
{
    struct perf_order_entry *merged = order->spare;
    size_t capacity = order->spare_capacity, from = 0;

    while (from < order->count) {
        size_t middle = find_run_end(order, from);
        size_t end = middle < order->count ? find_run_end(order, middle) : middle;

        merge(order->entries + from, order->entries + middle, order->entries + end, merged + from);
        from = end;
    }
    order->spare = order->entries;
    order->spare_capacity = order->capacity;
    order->entries = merged;
    order->capacity = capacity;
    return find_run_end(order, 0) < order->count;
}

/*
 * A merge sort of the runs that are there: what one ring held is in order, so there are about as
 * many runs as CPUs, and most files of one CPU have one.
 */
static void sort(struct perf_order *order)
{
    if (!order->count || find_run_end(order, 0) == order->count)
        return;
    if (order->spare_capacity < order->count)
        order->spare =
            array_grow(order->spare, &order->spare_capacity, order->count, sizeof(*order->spare));
    while (merge_runs(order))
        ;
}

static void release_until(struct perf_order *order, uint64_t time_ns)
{
    if (order->next) {
        order->count -= order->next;
        memmove(order->entries, order->entries + order->next,
                order->count * sizeof(*order->entries));
        order->next = 0;
    }
    sort(order);
    order->released_ns = time_ns;
    order->is_released = true;
}

void perf_order_end_round(struct perf_order *order)
{
    release_until(order, order->previous_ns);
    order->previous_ns = order->newest_ns;
}

void perf_order_end(struct perf_order *order)
{
    release_until(order, UINT64_MAX);
}

bool perf_order_next(struct perf_order *order, struct perf_order_entry *entry)
{
    if (!order->is_released || order->next == order->count ||
        order->entries[order->next].time_ns > order->released_ns)
        return false;
    *entry = order->entries[order->next++];
    return true;
}

void perf_order_release(struct perf_order *order)
{
    free(order->entries);
    free(order->spare);
    *order = (struct perf_order){0};
}
