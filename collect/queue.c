#include "queue.h"

#include <stdlib.h>

#include "base/memory.h"

struct queue_entry {
    uint64_t time_ns;
    size_t at, len; /* in bytes; `at` also tells the order of arrival */
};

void queue_add(struct queue *queue, uint64_t time_ns, const void *record, size_t len)
{
    *ARRAY_PUSH(queue->entries, queue->count, queue->capacity) =
        (struct queue_entry){.time_ns = time_ns, .at = queue->bytes.len, .len = len};
    strbuf_add(&queue->bytes, record, len);
    if (time_ns > queue->newest_ns)
        queue->newest_ns = time_ns;
}

static int compare(const void *a, const void *b)
{
    const struct queue_entry *first = a, *second = b;

    if (first->time_ns != second->time_ns)
        return first->time_ns < second->time_ns ? -1 : 1;
    return first->at < second->at ? -1 : first->at > second->at;
}

static void release_until(struct queue *queue, uint64_t time_ns)
{
    if (queue->count)
        qsort(queue->entries, queue->count, sizeof(*queue->entries), compare);
    queue->released_ns = time_ns;
    queue->next = 0;
}

void queue_end_round(struct queue *queue)
{
    release_until(queue, queue->previous_ns);
    queue->previous_ns = queue->newest_ns;
}

void queue_end(struct queue *queue)
{
    release_until(queue, UINT64_MAX);
}

/* Forgets the entries that left, and their bytes. */
static void compact(struct queue *queue)
{
    struct strbuf old = queue->bytes;
    size_t kept = 0;

    if (queue->next == 0)
        return;
    strbuf_reset(&queue->spare);
    for (size_t i = queue->next; i < queue->count; i++) {
        struct queue_entry entry = queue->entries[i];
        size_t at = queue->spare.len;

        strbuf_add(&queue->spare, old.data + entry.at, entry.len);
        entry.at = at;
        queue->entries[kept++] = entry;
    }
    queue->count = kept;
    queue->next = 0;
    queue->bytes = queue->spare;
    queue->spare = old;
}

bool queue_next(struct queue *queue, const void **record, size_t *len)
{
    if (queue->next < queue->count && queue->entries[queue->next].time_ns <= queue->released_ns) {
        const struct queue_entry *entry = &queue->entries[queue->next++];

        *record = queue->bytes.data + entry->at;
        *len = entry->len;
        return true;
    }
    compact(queue);
    return false;
}

void queue_release(struct queue *queue)
{
    free(queue->entries);
    strbuf_release(&queue->bytes);
    strbuf_release(&queue->spare);
    *queue = (struct queue){0};
}
