#include "torture.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pgo_collect.h"

#pragma weak pgo_collect_snapshot
#pragma weak pgo_collect_heap_snapshot

static void wait_for(pid_t child, int expected)
{
    int status;

    check(child > 0);
    while (waitpid(child, &status, 0) < 0)
        check(errno == EINTR);
    check(WIFEXITED(status) && WEXITSTATUS(status) == expected);
}

static void *run_short_thread(void *data)
{
    burn(random_below(100000));
#ifndef __SANITIZE_ADDRESS__
    if (random_below(2))
        pthread_exit(data);
#endif
    return data;
}

/*
 * glibc's loader is not made for forks: a child that is made while another thread loads a library
 * has its locks held for ever. So half of the children are made while nobody does, and only these
 * start threads; the others, which the profiler must bear, keep to what is safe.
 */
static pthread_mutex_t loader = PTHREAD_MUTEX_INITIALIZER;

static void live_as_child(bool may_start_threads)
{
    pthread_t id;

    burn(random_below(300000));
    if (may_start_threads && random_below(2) == 0) {
        start_thread(&id, NULL, run_short_thread, NULL);
        check(pthread_join(id, NULL) == 0);
    }
    if (random_below(8) == 0) {
        pid_t child = fork();

        if (child == 0)
            _exit(4);
        wait_for(child, 4);
    }
    _exit(3);
}

/* The allocator of ASan may be locked by another thread, and then is so for ever in a child. */
#ifdef __SANITIZE_ADDRESS__
enum { HAS_CHILDREN = 0 };
#else
enum { HAS_CHILDREN = 1 };
#endif

void do_forks(void)
{
    bool is_quiet;
    pid_t child;

    burn(10000);
    if (!HAS_CHILDREN)
        return;
    is_quiet = random_below(2);
    if (is_quiet)
        pthread_mutex_lock(&loader);
    child = fork();
    if (child == 0)
        live_as_child(is_quiet);
    if (is_quiet)
        pthread_mutex_unlock(&loader);
    wait_for(child, 3);
}

int run_executed(void)
{
    burn(1000000);
    return 5;
}

void do_exec(void)
{
    pid_t child;

    burn(10000);
    if (!HAS_CHILDREN)
        return;
    child = random_below(2) ? fork() : vfork();
    if (child == 0) {
        execl("/proc/self/exe", "torture", "executed", (char *)NULL);
        _exit(127);
    }
    wait_for(child, 5);
}

static void *run_until_cancelled(void *data)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    for (;;)
        burn(100);
    return data;
}

#ifdef __SANITIZE_ADDRESS__
/* ASan does not see that the frames have gone, and then complains of its own. */
static void cancel_thread(void)
{
    (void)run_until_cancelled;
}
#else
static void cancel_thread(void)
{
    pthread_t id;
    void *result;

    start_thread(&id, NULL, run_until_cancelled, NULL);
    burn(random_below(2000000));
    check(pthread_cancel(id) == 0);
    check(pthread_join(id, &result) == 0 && result == PTHREAD_CANCELED);
}
#endif

void do_threads(void)
{
    pthread_t ids[8];
    pthread_attr_t detached;
    void *result;

    for (size_t i = 0; i < 8; i++)
        start_thread(&ids[i], NULL, run_short_thread, &ids[i]);
    for (size_t i = 0; i < 8; i++)
        check(pthread_join(ids[i], &result) == 0 && result == &ids[i]);
    check(pthread_attr_init(&detached) == 0);
    check(pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED) == 0);
    start_thread(&ids[0], &detached, run_short_thread, NULL);
    check(pthread_attr_destroy(&detached) == 0);
    cancel_thread();
}

/* Two libraries by turns: the second often comes to lie where the first one was. */
static char libraries[2][4096];

static void find_libraries(void)
{
    const char *list = getenv("TORTURE_LIBRARIES"), *second = list ? strchr(list, ':') : NULL;

    if (!second)
        return;
    check(strlen(list) < sizeof(libraries[0]));
    memcpy(libraries[0], list, (size_t)(second - list));
    memcpy(libraries[1], second + 1, strlen(second + 1));
}

void do_libraries(void)
{
    unsigned (*hot)(unsigned);
    void *library, *symbol;

    if (!libraries[0][0]) {
        burn(1000);
        return;
    }
    pthread_mutex_lock(&loader);
    library = dlopen(libraries[random_below(2)], RTLD_NOW | RTLD_LOCAL);
    pthread_mutex_unlock(&loader);
    check(library);
    symbol = dlsym(library, "torture_hot");
    check(symbol);
    memcpy(&hot, &symbol, sizeof(hot));
    check(hot(1 + random_below(300000)));
    pthread_mutex_lock(&loader);
    check(dlclose(library) == 0);
    pthread_mutex_unlock(&loader);
}

static atomic_uint storm_count;

static void on_storm(int number)
{
    int kept = errno;

    atomic_fetch_add(&storm_count, (unsigned)(number == SIGUSR1));
    burn(50);
    errno = kept;
}

/* To itself, and to the process: any thread. */
void do_signals(void)
{
    errno = 77;
    for (int i = 0; i < 200; i++)
        check(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR1) == 0);
    check(kill(getpid(), SIGUSR1) == 0);
    burn(10000);
    check(errno == 77);
}

#ifdef TORTURE_LINKED
/* Nothing stands between the program and SIGPROF here. */
void do_own_timer(void)
{
    burn(1000);
}
#else
static atomic_uint own_timer_count;

static void on_own_timer(int number, siginfo_t *info, void *context)
{
    (void)info, (void)context;
    atomic_fetch_add(&own_timer_count, (unsigned)(number == SIGPROF));
}

/* A program with a profiler of its own. */
void do_own_timer(void)
{
    struct itimerval often = {{0, 3000}, {0, 3000}}, never = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_sigaction = on_own_timer, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigaction now;

    check(sigaction(SIGPROF, &action, NULL) == 0);
    check(setitimer(ITIMER_PROF, &often, NULL) == 0);
    burn(3000000);
    check(sigaction(SIGPROF, NULL, &now) == 0);
    check(now.sa_sigaction == on_own_timer);
    check(setitimer(ITIMER_PROF, &never, NULL) == 0);
}
#endif

/* Blocks that lie about for any thread to free. */
static _Atomic(unsigned char *) shared_blocks[256];

static unsigned char *allocate(size_t bytes)
{
    unsigned char *block = NULL;

    switch (random_below(4)) {
    case 0:
        return calloc(bytes, 1);
    case 1:
        return realloc(malloc(1 + bytes / 2), bytes);
    case 2:
        return posix_memalign((void **)&block, 64, bytes) == 0 ? block : NULL;
    default:
        return malloc(bytes);
    }
}

void do_memory(void)
{
    for (int i = 0; i < 200; i++) {
        size_t bytes = 1 + random_below(random_below(10) ? 1000 : 300000);
        unsigned char *block = allocate(bytes), mark = (unsigned char)bytes;

        check(block);
        block[0] = block[bytes - 1] = mark;
        check(block[0] == mark);
        free(atomic_exchange(&shared_blocks[random_below(256)], block));
    }
}

/* A profile of both kinds, at any time; -EINVAL, -ENOTSUP: there is none of it. */
void do_snapshots(void)
{
    burn(20000);
    if (!pgo_collect_snapshot)
        return;
    (void)pgo_collect_snapshot("/dev/null");
    (void)pgo_collect_heap_snapshot("/dev/null");
}

void prepare_process_signals(void)
{
    struct sigaction storm = {.sa_handler = on_storm, .sa_flags = SA_RESTART};

    check(sigaction(SIGUSR1, &storm, NULL) == 0);
    find_libraries();
}
