#!/bin/sh
# libpgocollect in programs that fork, exec, leave by _exit, own SIGPROF themselves, block it, take it
# by a system call, have no timers, or may not read their memory: each process writes its own samples, and behaves as without the library.
#
# usage: collect-processes.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/collect-program
. "$(dirname "$0")/collect-program"
need cc go readelf

cat >busy.c <<'END'
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned sink;
static volatile sig_atomic_t own_signals;

/* Each is the place where one kind of task spends its time: 200 ms of its thread's, or BUSY_MS. */
static long used_ms(clockid_t clock)
{
    struct timespec used;

    clock_gettime(clock, &used);
    return used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

#define HOT(name)                                                                                  \
    __attribute__((noinline)) void name(void)                                                      \
    {                                                                                              \
        const char *asked = getenv("BUSY_MS");                                                     \
        long end_ms = used_ms(CLOCK_THREAD_CPUTIME_ID) + (asked ? atol(asked) : 200);              \
        do                                                                                         \
            for (unsigned i = 0; i < 1000000; i++)                                                 \
                sink = sink * 1664525u + i;                                                        \
        while (used_ms(CLOCK_THREAD_CPUTIME_ID) < end_ms);                                         \
    }
HOT(hot_in_parent)
HOT(hot_in_child)

static void on_sigprof(int number)
{
    (void)number;
    own_signals++;
}

static int run_forks(void)
{
    pid_t child;

    hot_in_parent();
    child = fork();
    if (child == 0) {
        hot_in_child();
        _exit(3);
    }
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 3 ? 0 : 1;
}

static int run_own_timer(void)
{
    struct itimerval every_10_ms = {{0, 10000}, {0, 10000}};
    struct sigaction action;

    signal(SIGPROF, on_sigprof);
    setitimer(ITIMER_PROF, &every_10_ms, NULL);
    hot_in_parent();
    memset(&every_10_ms, 0, sizeof(every_10_ms));
    setitimer(ITIMER_PROF, &every_10_ms, NULL);
    sigaction(SIGPROF, NULL, &action);
    return own_signals && action.sa_handler == on_sigprof ? 0 : 1;
}

static void *block(void *unused)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    while (access("noticed", F_OK) != 0)
        hot_in_child();
    return unused;
}

static int run_blocked(void)
{
    pthread_t id;

    pthread_create(&id, NULL, block, NULL);
    hot_in_parent();
    return pthread_join(id, NULL);
}

/* By the system call, which nothing stands before. */
static int run_taken(void)
{
    struct {
        void (*handler)(int);
        unsigned long flags;
        void (*restorer)(void);
        unsigned long mask;
    } ignore = {.handler = SIG_IGN};

    hot_in_parent();
    if (syscall(SYS_rt_sigaction, SIGPROF, &ignore, NULL, sizeof(ignore.mask)) != 0)
        return 1;
    while (access("noticed", F_OK) != 0)
        hot_in_child();
    return 0;
}

static int storm_forks(void)
{
    for (int i = 0; i < 100; i++) {
        pid_t child = fork();

        if (child == 0) {
            free(malloc(100));
            _exit(0);
        }
        waitpid(child, NULL, 0);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argv[1];

    if (argc < 2)
        return 2;
    if (strcmp(what, "forks") == 0)
        return run_forks();
    if (strcmp(what, "own-timer") == 0)
        return run_own_timer();
    if (strcmp(what, "blocked") == 0)
        return run_blocked();
    if (strcmp(what, "taken") == 0)
        return run_taken();
    if (strcmp(what, "storm") == 0)
        return storm_forks();
    hot_in_parent();
    if (strcmp(what, "exec") == 0)
        execl("./busy", "busy", "exit", (char *)NULL);
    if (strcmp(what, "_exit") == 0)
        _exit(5);
    exit(6);
}
END
cc -O1 -g -fno-omit-frame-pointer busy.c -o busy -pthread

# run NAME EXIT-CODE COMMAND...: profiles into the folder NAME
run() {
    name=$1 expected=$2
    shift 2
    code=0
    PGO_COLLECT_DIR=$name LD_PRELOAD=$library "$@" 2>"$name.err" || code=$?
    [ $code -eq "$expected" ] || fail "$name: exit code $code, expected $expected"
}

# about FOLDER FUNCTION: 200 ms of CPU time at 100 Hz are 20 samples, and what a loop does before it
# looks at the clock is not 10 more. The kernel may notice some of it only at the end of the thread
# (time_after_last_sample), and on a busy machine most.
about() {
    count=$(samples "$2" "$1"/*.pprof.gz)
    { [ "$count" -ge 1 ] && [ "$count" -le 30 ]; } || fail "$1: $count samples of $2, expected 20"
    count=$((count + $(samples time_after_last_sample "$1"/*.pprof.gz)))
    [ "$count" -ge 15 ] || fail "$1: $count samples of $2 and after, expected 20"
}
silent() { [ ! -s "$1.err" ] || fail "$1 says: $(cat "$1.err")"; }

run forks 0 ./busy forks
about forks hot_in_parent
about forks hot_in_child
[ "$(find forks -name '*.pprof.gz' | wc -l)" -eq 2 ] || fail "forks: not one file a process"
silent forks

run exit 6 ./busy exit
about exit hot_in_parent
run _exit 5 ./busy _exit
about _exit hot_in_parent
run storm 0 ./busy storm
silent storm

# exec: nothing of the old image is left to end the new one, which is profiled anew.
run exec 6 ./busy exec
about exec hot_in_parent

# The program's own use of SIGPROF goes on beside ours.
run own 0 ./busy own-timer
about own hot_in_parent
silent own

# run_until NAME WORDS: until the library says them
run_until() {
    rm -f noticed
    PGO_COLLECT_DIR=$1 LD_PRELOAD=$library ./busy "$1" 2>said &
    program=$!
    until_true grep -q "$2" said
    : >noticed
    wait $program || fail "$1: exit code $?"
    program=
    about "$1" hot_in_parent
}
run_until blocked 'block SIGPROF'
run_until taken 'has taken SIGPROF for itself'
go tool pprof -raw taken/*.pprof.gz 2>/dev/null | grep -q 'Comment: the program has taken SIGPROF' ||
    fail "taken: the profile does not say so"

if deny_call timer_create true; then
    code=0
    # A thread of ours must get to run for each sample: on a busy machine there are few.
    deny_call timer_create env BUSY_MS=1000 PGO_COLLECT_DIR=clocks "LD_PRELOAD=$library" ./busy exit \
        2>clocks.err || code=$?
    [ $code -eq 6 ] || fail "clocks: exit code $code"
    [ "$(samples hot_in_parent clocks/*.pprof.gz)" -ge 1 ] || fail "clocks: no sample"
    grep -q 'CPU clocks' clocks.err || fail "no timers: not said: $(cat clocks.err)"
fi

# Own memory is read by way of /proc then: the stacks are whole, and the build id is known.
if deny_call process_vm_readv true; then
    code=0
    deny_call process_vm_readv env PGO_COLLECT_DIR=memory "LD_PRELOAD=$library" ./busy exit || code=$?
    [ $code -eq 6 ] || fail "memory: exit code $code"
    about memory hot_in_parent
    go tool pprof -raw memory/*.pprof.gz >raw 2>/dev/null || fail "memory: pprof"
    grep -q "$(readelf -n busy | sed -n 's/.*Build ID: //p')" raw || fail "memory: no build id"
    awk '/samples: [0-9]+, complete stacks:/ { good = $3 + 0 > 0 && $6 * 2 > $3 } END { exit !good }' raw ||
        fail "memory: $(grep 'complete stacks' raw)"
fi

# Wrong settings are said in one line, and the program runs as ever.
code=0
PGO_COLLECT_HZ=fast PGO_COLLECT_DIR=x LD_PRELOAD=$library ./busy exit 2>wrong.err || code=$?
[ $code -eq 6 ] || fail "wrong settings: exit code $code"
[ "$(cat wrong.err)" = "libpgocollect: PGO_COLLECT_HZ: 'fast': expected a number from 1 to 1000" ] ||
    fail "wrong settings: $(cat wrong.err)"
[ ! -e x ] || fail "wrong settings: it ran"

# A folder that cannot be made.
code=0
PGO_COLLECT_DIR=/proc/none LD_PRELOAD=$library ./busy exit 2>folder.err || code=$?
[ $code -eq 6 ] || fail "no folder: exit code $code"
grep -q '^libpgocollect: /proc/none' folder.err || fail "no folder: $(cat folder.err)"
echo "all good"
