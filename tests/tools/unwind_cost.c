/*
 * unwind_cost: ns for one stack, by the ways to find it, at some depths; one line each:
 * "WAY DEPTH FRAMES NS". bench/unwind-cost shows it as a table. Built with frame pointers, so that
 * they can be compared as well.
 */
#define UNW_LOCAL_ONLY
#include <libunwind.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../../collect/libpgocollect/learn.h"
#include "../../collect/libpgocollect/unwind.h"

enum { MAX_IPS = COPY_IPS, TRIES = 7 };

static struct unwind_rows *rows;
static struct unwind_thread own;
static ucontext_t context;
static uintptr_t ips[MAX_IPS];

static double now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static size_t by_rows(void)
{
    struct unwind_frame last;
    enum unwind_end end;
    size_t count = unwind_walk(rows, &context, &own, ips, MAX_IPS, &last, &end);
    uint32_t copy = unwind_copy_take(rows, &context, &own.stack, ips, count, &last, end);

    return copy ? unwind_learn(rows, copy, ips, MAX_IPS, &end) : count;
}

static size_t by_frame_pointers(void)
{
    struct unwind_frame last;
    enum unwind_end end;

    return unwind_walk(NULL, &context, &own, ips, MAX_IPS, &last, &end);
}

static size_t by_copy(void)
{
    struct unwind_frame last = unwind_frame_first(&context);
    enum unwind_end end;
    uint32_t copy = unwind_copy_take(rows, &context, &own.stack, &last.ip, 1, &last, UNWIND_MISS);

    return copy ? unwind_learn(rows, copy, ips, MAX_IPS, &end) : 0;
}

static size_t by_unw_backtrace(void)
{
    return (size_t)unw_backtrace((void **)ips, MAX_IPS);
}

static size_t by_unw_step(void)
{
    unw_cursor_t cursor;
    unw_word_t ip;
    size_t count = 0;

    unw_init_local2(&cursor, &context, UNW_INIT_SIGNAL_FRAME);
    do {
        unw_get_reg(&cursor, UNW_REG_IP, &ip);
        ips[count++] = ip;
    } while (count < MAX_IPS && unw_step(&cursor) > 0);
    return count;
}

static const struct way {
    const char *name;
    size_t (*find)(void);
    int rounds;
} ways[] = {
    {"frame-pointers", by_frame_pointers, 20000},
    {"rows", by_rows, 20000},
    {"copy", by_copy, 2000},
    {"unw_backtrace", by_unw_backtrace, 5000},
    {"unw_step", by_unw_step, 500},
};

/* The least of some tries: what else the machine does only adds. */
static double measure(const struct way *way)
{
    double least = 0;

    for (int i = 0; i < TRIES; i++) {
        double start_ns = now_ns(), ns;

        for (int k = 0; k < way->rounds; k++)
            way->find();
        ns = (now_ns() - start_ns) / way->rounds;
        if (i == 0 || ns < least)
            least = ns;
    }
    return least;
}

static __attribute__((noinline)) int at_depth(int left, int depth)
{
    volatile int one = 1;

    if (left)
        return at_depth(left - 1, depth) + one;
    getcontext(&context);
    memset(&context.uc_stack, 0, sizeof(context.uc_stack));
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        size_t frames = ways[i].find();

        printf("%s %d %zu %.0f\n", ways[i].name, depth, frames, measure(&ways[i]));
    }
    return one;
}

int main(void)
{
    static const int depths[] = {5, 25, 100};
    pthread_attr_t attr;
    void *low;
    size_t bytes;

    pthread_getattr_np(pthread_self(), &attr);
    pthread_attr_getstack(&attr, &low, &bytes);
    own.stack = (struct unwind_stack){(uintptr_t)low, (uintptr_t)low + bytes};
    rows = unwind_rows_new();
    unwind_follow(rows);
    for (int i = 0; i < 3; i++)
        /* main() and the two frames below it are among them */
        at_depth(depths[i] - 4, depths[i]);
    unwind_rows_free(rows);
    return 0;
}
