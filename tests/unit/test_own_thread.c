/* The library's own threads: their start among signals, and one that does not come to its start. */
#include "../../collect/libpgocollect/own_thread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <unistd.h>

static atomic_bool is_stuck, has_run_late;
static _Atomic pid_t stuck_tid;
static sem_t go;

/* In the place of libc's: what each thread of the library does before it says that it runs. */
int pthread_setname_np(pthread_t thread, const char *name)
{
    (void)thread, (void)name;
    if (atomic_load(&is_stuck))
        atomic_store(&stuck_tid, gettid());
    while (atomic_load(&is_stuck) && sem_wait(&go) != 0)
        ;
    return 0;
}

static void on_alarm(int number)
{
    (void)number;
}

static void *run(void *data)
{
    return data;
}

static void *run_late(void *data)
{
    atomic_store(&has_run_late, true);
    return data;
}

static void start_and_join(void)
{
    pthread_t thread;

    assert_true(own_thread_start("test", run, NULL, &thread));
    assert_int_equal(pthread_join(thread, NULL), 0);
}

/* Signals of the program, without SA_RESTART, while a thread of ours starts. */
static void test_starts_among_signals(void **state)
{
    const struct sigaction action = {.sa_handler = on_alarm};
    const struct itimerval often = {{0, 50}, {0, 50}}, never = {{0, 0}, {0, 0}};
    struct sigaction before;

    (void)state;
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
    for (int i = 0; i < 200; i++)
        start_and_join();
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
    assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
}

/* As in a child that was forked while another thread had a lock: given up, and never run late. */
static void test_gives_up_what_does_not_start(void **state)
{
    pthread_t thread;

    (void)state;
    assert_int_equal(sem_init(&go, 0, 0), 0);
    atomic_store(&is_stuck, true);
    assert_false(own_thread_start("test", run_late, NULL, &thread));
    assert_int_equal(errno, ETIMEDOUT);
    atomic_store(&is_stuck, false);
    start_and_join();
    sem_post(&go);
    while (own_thread_is(stuck_tid))
        usleep(1000);
    assert_false(has_run_late);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_starts_among_signals),
        cmocka_unit_test(test_gives_up_what_does_not_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
