#include "drain.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "handler.h"
#include "loader.h"
#include "survive.h"
#include "threads.h"
#include "window.h"

static struct {
    struct code_map code;
    struct unwind_rows *rows;
    struct window *windows;       /* during drain_run() */
    bool has_followed;            /* the code, in this drain_run() */
    struct collector_stats stats; /* of slots: those that have ended */
} self;

static uint32_t find_mapping(uintptr_t ip)
{
    uint32_t mapping = code_map_find(&self.code, ip);

    if (mapping == ADDRESS_SPACE_NONE && code_map_refresh_if_old(&self.code))
        mapping = code_map_find(&self.code, ip);
    return mapping;
}

/*
 * Callers outside all code are not believed: a frame pointer led astray. The library's own frame
 * under each thread's start is none of the program's.
 */
static size_t resolve(const uintptr_t *ips, size_t count, struct stack_frame *frames)
{
    uint32_t own = code_map_find(&self.code, (uintptr_t)drain_run);
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t mapping = find_mapping(ips[i]);

        if (mapping == ADDRESS_SPACE_NONE && i > 0)
            break;
        if (mapping != own || i == 0)
            frames[kept++] = (struct stack_frame){.ip = ips[i], .mapping = mapping};
    }
    return kept;
}

static void add_sample(const struct sample *sample)
{
    struct stack_frame frames[HANDLER_IPS_MAX];
    uintptr_t learned[HANDLER_IPS_MAX];
    const uintptr_t *ips = sample->ips;
    size_t count = sample->ip_count;
    enum unwind_end end = sample->end;

    if (sample->copy) {
        size_t found = unwind_learn(self.rows, sample->copy, learned, HANDLER_IPS_MAX, &end);

        if (found >= count) {
            ips = learned;
            count = found;
        }
    }
    count = resolve(ips, count, frames);
    self.stats.sample_weight += sample->weight;
    if (end == UNWIND_BROKEN)
        self.stats.broken_weight += sample->weight;
    else if (end != UNWIND_COMPLETE) /* a miss is one that no copy was free for */
        self.stats.limit_weight += sample->weight;
    for (struct window *window = self.windows; window; window = window->next)
        window_add(window, sample, end, frames, count);
}

static void add_sample_work(void *sample)
{
    add_sample(sample);
}

static void follow_code(void *unused)
{
    (void)unused;
    if (!loader_is_free()) { /* by /proc/self/maps alone, without tables */
        code_map_refresh_if_old(&self.code);
        return;
    }
    code_map_follow(&self.code);
    unwind_follow(self.rows);
}

/* Before the first sample of a round, if there is one. */
static void follow_code_once(void)
{
    if (!self.has_followed && !survive_run(follow_code, NULL))
        self.code = (struct code_map){0};
    self.has_followed = true;
}

static void drain_slot(struct slot *slot)
{
    const struct sample *sample;

    while ((sample = sample_ring_peek(&slot->ring))) {
        follow_code_once();
        if (!survive_run(add_sample_work, (void *)sample))
            self.stats.lost_weight += sample->weight;
        unwind_copy_give_back(self.rows, sample->copy);
        sample_ring_consume(&slot->ring, sample);
    }
}

static void add_slot_stats(const struct slot *slot, struct collector_stats *stats)
{
    stats->signal_count += slot->signal_count;
    stats->handler_ns += slot->handler_ns;
    stats->ring_full_count += slot->full_count;
}

/* No instruction of the program is blamed for it: its place in a profile is this name. */
static NOINLINE void time_after_last_sample(void)
{
    atomic_signal_fence(memory_order_seq_cst);
}

/*
 * What a thread did after its last expiry is a sample without a stack, under the function that the
 * thread began with. So threads that are shorter than a period count right in the sum.
 */
static void add_end_sample(void *data)
{
    struct slot *slot = data;
    _Alignas(struct sample) unsigned char memory[sizeof(struct sample) + 2 * sizeof(uintptr_t)];
    struct sample *sample = (struct sample *)memory;

    *sample = (struct sample){.weight = slot_end_weight(slot),
                              .label_set = slot->label_set,
                              .end = UNWIND_COMPLETE,
                              .ip_count = slot->start_routine ? 2 : 1};
    sample->ips[0] = (uintptr_t)time_after_last_sample;
    sample->ips[1] = slot->start_routine;
    add_sample(sample);
}

static void finish_slot(struct slot *slot)
{
    uint64_t weight = slot_end_weight(slot);

    if (weight)
        follow_code_once();
    if (weight && !survive_run(add_end_sample, slot))
        self.stats.lost_weight += weight;
    add_slot_stats(slot, &self.stats);
    slot_release(slot);
}

void drain_run(struct window *windows)
{
    int64_t start_ns = clock_read_ns(CLOCK_THREAD_CPUTIME_ID);

    self.windows = windows;
    self.has_followed = false;
    for (size_t i = 0; i < slot_count(); i++) {
        struct slot *slot = slot_at(i);
        int state = atomic_load(&slot->state);
        bool is_done;

        if (state == SLOT_FREE || state == SLOT_CLAIMED)
            continue;
        is_done = state == SLOT_ENDED && !atomic_load(&slot->handler_count);
        drain_slot(slot);
        if (is_done)
            finish_slot(slot);
    }
    self.stats.drain_ns += (uint64_t)(clock_read_ns(CLOCK_THREAD_CPUTIME_ID) - start_ns);
}

static void follow_unwinding(void *unused)
{
    (void)unused;
    if (loader_is_free())
        unwind_follow(self.rows);
}

void drain_forget_code(void)
{
    bool is_done = survive_run(follow_unwinding, NULL); /* else by the next round */

    (void)is_done;
}

struct unwind_rows *drain_open(void)
{
    self.stats = (struct collector_stats){0};
    if (!self.rows)
        self.rows = unwind_rows_new();
    return self.rows;
}

struct collector_stats drain_read_stats(void)
{
    struct collector_stats stats = self.stats;

    for (size_t i = 0; i < slot_count(); i++)
        if (atomic_load(&slot_at(i)->state) != SLOT_FREE) {
            add_slot_stats(slot_at(i), &stats);
            stats.thread_count++;
        }
    return stats;
}

const struct code_map *drain_code(void)
{
    return &self.code;
}

void drain_reset(bool is_whole)
{
    if (!is_whole)
        self.code = (struct code_map){0};
    if (is_whole && self.rows)
        unwind_rows_free(self.rows);
    self.rows = NULL;
    self.windows = NULL;
}
