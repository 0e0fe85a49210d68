/* A fork while the collector's lock is held for longer than a fork waits: the child starts afresh.
 */
#include "../../collect/libpgocollect/collector.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <link.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"

static sem_t entered, leaves;
static atomic_bool stays;

typedef int visitor(struct dl_phdr_info *info, size_t size, void *data);
int __real_dl_iterate_phdr(visitor *visit, void *data);
int __wrap_dl_iterate_phdr(visitor *visit, void *data);

/* What a drain asks under the lock, at its first sample: linked with --wrap. */
int __wrap_dl_iterate_phdr(visitor *visit, void *data)
{
    if (atomic_exchange(&stays, false)) {
        sem_post(&entered);
        while (sem_wait(&leaves) != 0)
            ;
    }
    return __real_dl_iterate_phdr(visit, data);
}

/* Until the sampler has seen it. */
static bool take_samples(void)
{
    volatile unsigned sink = 0;
    struct err err = {0};
    uint64_t weight = 0;

    while (!weight) {
        struct window *window = collector_open_window(&err);
        struct strbuf pprof = {0};
        bool done;

        for (int i = 0; i < 3000000; i++)
            sink = sink + 1;
        done = window && collector_close_window(window, &pprof, &weight, &err);
        strbuf_release(&pprof);
        if (!done)
            return false;
    }
    return true;
}

static void *take_samples_meanwhile(void *unused)
{
    return take_samples() ? unused : NULL;
}

static void test_starts_afresh(void **state)
{
    struct settings settings = {.hz = 1000, .interval_s = 1};
    struct err err = {0};
    pthread_t drainer;
    int status;
    pid_t child;
    void *done;

    (void)state;
    assert_int_equal(sem_init(&entered, 0, 0), 0);
    assert_int_equal(sem_init(&leaves, 0, 0), 0);
    assert_true(collector_start(&settings, &err));
    atomic_store(&stays, true);
    assert_int_equal(pthread_create(&drainer, NULL, take_samples_meanwhile, &status), 0);
    while (sem_wait(&entered) != 0)
        ;
    assert_false(collector_before_fork()); /* it waits for half a second */
    child = fork();
    if (child == 0) {
        collector_after_fork_in_child(false);
        _exit(collector_is_running() && take_samples() ? 0 : 1);
    }
    collector_after_fork_in_parent(false);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    sem_post(&leaves);
    assert_int_equal(pthread_join(drainer, &done), 0);
    assert_non_null(done);
    collector_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_starts_afresh)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
