/*
 * allocates.c - a program whose allocations are known, for tests/e2e/collect-heap.sh.
 *
 * usage: allocates FILE [CHILD_FILE]     heap profiles at the end, and of a child
 *        allocates -                     stays
 */
#include <malloc.h>
#include <pgo_collect.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

static void *leaked[100000], *passed[100], *kept[16];

NOINLINE static void leak(void)
{
    for (int i = 0; i < 100000; i++)
        leaked[i] = malloc(32); /* LEAK */
}

NOINLINE static void churn(void)
{
    for (int i = 0; i < 100000; i++) {
        void *volatile block = malloc(640);

        free(block);
    }
}

/* 300,000 bytes are left of it. */
NOINLINE static void grow(void)
{
    char *volatile block = NULL;

    for (size_t size = 1000; size <= 300000; size += 1000)
        block = realloc(block, size);
    if (!realloc(block, (size_t)-1 / 4)) /* refused: the block is as before */
        kept[0] = block;
}

NOINLINE static void aligned(void)
{
    if (posix_memalign(&kept[1], 64, 10000) != 0)
        abort();
    kept[2] = aligned_alloc(64, 20032);
    kept[3] = memalign(128, 20000);
    kept[4] = valloc(19984);
    kept[5] = pvalloc(20096); /* 90112 by all of them */
}

NOINLINE static void zeroed(void)
{
    kept[6] = calloc(100, 400);
}

NOINLINE static void *passed_on(void *unused)
{
    for (int i = 0; i < 100; i++)
        passed[i] = malloc(16000);
    return unused;
}

NOINLINE static void big(void)
{
    for (int i = 0; i < 10; i++)
        kept[i] = memset(malloc(6000000), 1, 1);
}

static void *free_them(void *unused)
{
    for (int i = 0; i < 100; i++)
        free(passed[i]);
    return unused;
}

static void on_thread(void *(*work)(void *))
{
    pthread_t id;

    if (pthread_create(&id, NULL, work, NULL) != 0 || pthread_join(id, NULL) != 0)
        abort();
}

NOINLINE static void in_child(void)
{
    for (int i = 0; i < 100000; i++)
        free(leaked[i]);
    for (int i = 0; i < 1000; i++)
        leaked[i] = malloc(1000);
}

int main(int argc, char **argv)
{
    int status = 0;

    leak();
    churn();
    grow();
    aligned();
    zeroed();
    on_thread(passed_on);
    on_thread(free_them);
    if (argc > 2 && fork() == 0) {
        in_child();
        _exit(pgo_collect_heap_snapshot(argv[2]) == 0 ? 0 : 1);
    }
    if (argc > 2 && (wait(&status) < 0 || status != 0))
        return fprintf(stderr, "the child failed\n"), 1;
    if (argc > 1 && strcmp(argv[1], "-") == 0) {
        big();
        for (;;)
            pause();
    }
    if (pgo_collect_heap_snapshot(argv[1]) != 0)
        return fprintf(stderr, "%s\n", pgo_collect_message()), 1;
    return leaked[99999] == NULL;
}
