/*
 * queue.h - records of several rings brought into the order of time, in bounded memory.
 *
 * A CPU stamps a record before it writes it, so that a record may appear in its ring after a later
 * one has appeared in another. But what was stamped before a whole round over the rings began has
 * been written when the next round ends. So each round releases the records up to the newest stamp
 * of the round before. The queue holds what two rounds brought: at most twice the rings' size.
 *
 *     queue_add(&queue, time_ns, record, len);    for every record of the round
 *     queue_end_round(&queue);                    or queue_end(), which releases all
 *     while (queue_next(&queue, &record, &len))   in the order of (time, arrival)
 */
#ifndef COLLECT_QUEUE_H
#define COLLECT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

struct queue {
    struct queue_entry *entries;
    size_t count, capacity;
    struct strbuf bytes, spare; /* the records' copies */
    uint64_t newest_ns;         /* stamp seen so far */
    uint64_t previous_ns;       /* what newest_ns was one round ago */
    uint64_t released_ns;       /* records up to this stamp may leave */
    size_t next;                /* entry to leave */
};

void queue_add(struct queue *queue, uint64_t time_ns, const void *record, size_t len);
void queue_end_round(struct queue *queue);
void queue_end(struct queue *queue);

/* The record is good until the next queue_add(). */
bool queue_next(struct queue *queue, const void **record, size_t *len);
void queue_release(struct queue *queue);

#endif
