/*
 * perf_order.h - records of a perf.data file, brought into the order of time where they lie.
 *
 * Only for perf_data.c. perf writes what each CPU's ring held, ring after ring, and then says that
 * the round is finished: what was stamped before a round began has been written when the next one
 * ends. So each round releases the records up to the newest stamp of the round before. Records of
 * one time leave in the order in which they came; without times that is the order of all.
 *
 *     perf_order_add(&order, entry);    for every record of the round
 *     perf_order_end_round(&order);     or perf_order_end(), which releases all
 *     while (perf_order_next(&order, &entry))
 *
 * Nothing is copied: the entries borrow the records. `struct perf_order order = {0};` is empty.
 */
#ifndef PROFILE_PERF_ORDER_H
#define PROFILE_PERF_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct perf_order_entry {
    uint64_t time_ns;
    const unsigned char *record;
    struct perf_chunk *chunk; /* where the record lies, if it was compressed; else NULL */
    uint32_t event, len;      /* the record's bytes */
};

struct perf_order {
    struct perf_order_entry *entries, *spare;
    size_t next, count; /* [next, count) wait */
    size_t capacity, spare_capacity;
    uint64_t newest_ns;   /* stamp seen so far */
    uint64_t previous_ns; /* what newest_ns was one round ago */
    uint64_t released_ns; /* entries up to this stamp may leave */
    bool is_released;
};

void perf_order_add(struct perf_order *order, struct perf_order_entry entry);
void perf_order_end_round(struct perf_order *order);
void perf_order_end(struct perf_order *order);
bool perf_order_next(struct perf_order *order, struct perf_order_entry *entry);
void perf_order_release(struct perf_order *order);

#endif
