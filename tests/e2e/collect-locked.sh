#!/bin/sh
# A child that is forked while other threads are in the dynamic loader: its locks are held there for
# ever, and libpgocollect does not ask it. The child ends as without the library, with its samples.
#
# usage: collect-locked.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/collect-program
. "$(dirname "$0")/collect-program"
need cc go timeout

cat >stays.c <<'END_C'
#include <semaphore.h>

sem_t stays_entered __attribute__((weak)), stays_leaves __attribute__((weak));

__attribute__((constructor)) static void stay(void)
{
    sem_post(&stays_entered);
    sem_wait(&stays_leaves);
}
END_C
cat >app.c <<'END_C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

sem_t stays_entered, stays_leaves;
static volatile unsigned sink;

static int stay(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)info, (void)size, (void)data;
    sem_post(&stays_entered);
    sem_wait(&stays_leaves);
    return 1;
}

static void *iterate(void *unused)
{
    dl_iterate_phdr(stay, NULL);
    return unused;
}

static void *load(void *unused)
{
    return dlopen("./stays.so", RTLD_NOW) ? unused : NULL;
}

__attribute__((noinline)) static void hot_in_child(void)
{
    struct timespec used;

    do {
        for (int i = 0; i < 100000; i++)
            sink = sink * 1664525u + 1;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    } while (used.tv_sec == 0 && used.tv_nsec < 700000000);
}

static int fork_meanwhile(void *(*run)(void *))
{
    int status = 1;
    pthread_t id;
    pid_t child;

    pthread_create(&id, NULL, run, NULL);
    sem_wait(&stays_entered);
    child = fork();
    if (child == 0) {
        hot_in_child();
        _exit(3);
    }
    waitpid(child, &status, 0);
    sem_post(&stays_leaves);
    pthread_join(id, NULL);
    return WIFEXITED(status) && WEXITSTATUS(status) == 3;
}

int main(void)
{
    sem_init(&stays_entered, 0, 0);
    sem_init(&stays_leaves, 0, 0);
    return fork_meanwhile(iterate) && fork_meanwhile(load) ? 0 : 1;
}
END_C
cc -O1 -g -fPIC -shared stays.c -o stays.so
cc -O1 -g -fno-omit-frame-pointer -rdynamic app.c -o app -pthread

for preload in "$library" "$library $heap_library"; do
    PGO_COLLECT_DIR=files LD_PRELOAD=$preload timeout 120 ./app 2>said ||
        { cat said; fail "exit code $?: $preload"; }
done
[ ! -s said ] || { cat said; fail "something was said"; }
[ "$(find files -name 'app.*.pprof.gz' | wc -l)" -ge 4 ] || fail "not each child has its profile"
[ "$(samples hot_in_child files/*.pprof.gz)" -ge 40 ] || fail "the children's samples are missing"
echo "all good"
