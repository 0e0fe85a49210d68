/* A push whose server's name is never found: nobody waits for it for long, and nothing stays. */
#include "../../collect/libpgocollect/push.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <netdb.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <unistd.h>

#include "../../collect/libpgocollect/collector.h"
#include "../../collect/libpgocollect/own_thread.h"

static _Atomic pid_t asking_tid;
static sem_t answer;

/* In the place of libc's: a name server that is not there. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **found)
{
    (void)name, (void)service, (void)hints, (void)found;
    atomic_store(&asking_tid, gettid());
    while (sem_wait(&answer) != 0)
        ;
    return EAI_AGAIN;
}

/* LeakSanitizer has an eye on what the thread leaves behind. */
static void test_is_left_alone(void **state)
{
    struct settings settings = {.hz = 1000, .interval_s = 1};
    volatile unsigned sink = 0;
    struct err err = {0};
    struct push *push;

    (void)state;
    assert_int_equal(sem_init(&answer, 0, 0), 0);
    assert_true(collector_start(&settings, &err));
    push = push_start("http://nowhere.invalid/", 1, 1000, &err);
    assert_non_null(push);
    while (!atomic_load(&asking_tid)) /* until an interval with a sample is to be sent */
        sink = sink + 1;
    push_stop(push);
    collector_stop();
    sem_post(&answer);
    sem_post(&answer); /* it may have a second interval to send */
    while (own_thread_is(asking_tid))
        usleep(1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_is_left_alone)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
