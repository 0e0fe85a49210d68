/*
 * The walk by rows in code without frame pointers, beside glibc's backtrace(), frame by frame: at
 * each instruction of real work (single-stepped), in signal handlers, coroutines, at depth; and
 * over stacks of garbage. Built with -O2 -fomit-frame-pointer and without sanitizers, see
 * tests.cmake.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "../../collect/libpgocollect/learn.h"
#include "../../collect/libpgocollect/process_source.h"

#define NOINLINE __attribute__((noinline, noclone))
enum { MAX_IPS = COPY_IPS };

static struct row_table *rows;
static struct unwind_copies *copies;
static struct process_source *process;
static struct unwind_learner *learner;
static struct unwind_thread own; /* this thread */

struct walked {
    uintptr_t ips[MAX_IPS];
    size_t count;
    enum unwind_end end;
    bool has_missed;
};

static struct unwind_stack find_stack(void)
{
    pthread_attr_t attr;
    void *low;
    size_t bytes;

    pthread_getattr_np(pthread_self(), &attr);
    pthread_attr_getstack(&attr, &low, &bytes);
    pthread_attr_destroy(&attr);
    return (struct unwind_stack){(uintptr_t)low, (uintptr_t)low + bytes};
}

/* What handler and collector thread do together. */
static NOINLINE void walk(const ucontext_t *context, struct walked *walked)
{
    struct unwind_frame last;
    int copy;

    walked->count =
        unwind_walk_context(rows, context, &own, walked->ips, MAX_IPS, &last, &walked->end);
    walked->has_missed = walked->end == UNWIND_MISS || walked->end == UNWIND_SLOW;
    if (!walked->has_missed)
        return;
    copy = unwind_copies_take(copies, context, &own.stack, walked->ips, walked->count, &last,
                              walked->end);
    walked->count = unwind_learn_copy(learner, unwind_copies_get(copies, copy), walked->ips,
                                      MAX_IPS, &walked->end);
    unwind_copies_give_back(copies, copy);
}

/* All frames from the second on: the return addresses - 1; exact above a signal frame. */
static bool is_same(const struct walked *walked, void **theirs, size_t count)
{
    if (walked->count != count)
        return false;
    for (size_t i = 1; i < count; i++)
        if (walked->ips[i] + 1 != (uintptr_t)theirs[i] && walked->ips[i] != (uintptr_t)theirs[i])
            return false;
    return true;
}

static void print_both(const struct walked *walked, void **theirs, size_t count)
{
    static const char *const ends[] = {"complete", "miss", "slow", "broken", "limit"};

    print_message("ended: %s\n", ends[walked->end]);
    for (size_t i = 0; i < count || i < walked->count; i++)
        print_message("%2zu  %#14lx  %#14lx\n", i,
                      i < walked->count ? (unsigned long)walked->ips[i] : 0,
                      i < count ? (unsigned long)theirs[i] : 0);
}

/* getcontext() and backtrace() are called from the same frame. */
static NOINLINE void check_once(struct walked *walked)
{
    void *theirs[MAX_IPS];
    ucontext_t context;
    size_t count, skip;

    memset(&context, 0, sizeof(context));
    getcontext(&context);
    context.uc_stack.ss_size = 0;
    count = (size_t)backtrace(theirs, MAX_IPS);
    walk(&context, walked);
    /* ASan's own backtrace() is one frame more. */
    skip = count > walked->count;
    if (!is_same(walked, theirs + skip, count - skip) || walked->end != UNWIND_COMPLETE) {
        print_both(walked, theirs + skip, count - skip);
        fail();
    }
}

/* The first time may miss, and then the second must not. */
static NOINLINE void check_here(void)
{
    static struct walked walked;

    /* One place in the code: a return address of its own would miss again. */
    for (volatile int i = 0; i < 2; i++)
        check_once(&walked);
    assert_false(walked.has_missed);
}

static void test_plain(void **state)
{
    (void)state;
    check_here();
}

static NOINLINE int recurse(int depth, void (*then)(void))
{
    volatile char room[40];

    room[depth % 40] = 1;
    if (depth)
        return recurse(depth - 1, then) + room[depth % 40];
    then();
    return 1;
}

static void test_depth(void **state)
{
    (void)state;
    assert_int_equal(recurse(100, check_here), 101);
}

static struct walked deep;

static NOINLINE void walk_here(void)
{
    ucontext_t context;

    memset(&context, 0, sizeof(context));
    getcontext(&context);
    context.uc_stack.ss_size = 0;
    walk(&context, &deep);
}

static void test_more_frames_than_fit(void **state)
{
    (void)state;
    /* A copy holds 16 KB, so the first times learn more and more of it. */
    for (volatile int i = 0; i < 5; i++)
        recurse(5000, walk_here);
    assert_int_equal(deep.end, UNWIND_LIMIT);
    assert_int_equal(deep.count, MAX_IPS);
}

static int compare(const void *a, const void *b)
{
    static int calls;

    if (calls++ < 3)
        check_here();
    return *(const int *)a - *(const int *)b;
}

static void test_through_libc(void **state)
{
    int numbers[] = {5, 3, 8, 1, 9, 2};

    (void)state;
    qsort(numbers, 6, sizeof(*numbers), compare);
    assert_int_equal(numbers[0], 1);
}

static void on_signal(int number)
{
    (void)number;
    check_here();
}

static void install(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

    sigaction(number, &action, NULL);
}

static void test_signal_frame(void **state)
{
    (void)state;
    install(SIGUSR1, on_signal, 0);
    for (int i = 0; i < 3; i++)
        raise(SIGUSR1);
}

/* The walk has to leave the other stack, whose bounds are in the context, for the thread's. */
static void on_other_stack(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info, (void)context;
    check_here();
}

static void test_alternate_signal_stack(void **state)
{
    struct sigaction action = {.sa_sigaction = on_other_stack, .sa_flags = SA_ONSTACK | SA_SIGINFO};
    stack_t other = {.ss_size = 65536}, off = {.ss_flags = SS_DISABLE};

    (void)state;
    other.ss_sp = malloc(other.ss_size);
    assert_int_equal(sigaltstack(&other, NULL), 0);
    sigaction(SIGUSR2, &action, NULL);
    raise(SIGUSR2);
    raise(SIGUSR2);
    sigaltstack(&off, NULL);
    free(other.ss_sp);
}

static jmp_buf back;

static NOINLINE void jump_out(int depth)
{
    if (depth > 0)
        jump_out(depth - 1);
    if (depth < 10)
        longjmp(back, 1);
    check_here();
}

static void test_after_longjmp(void **state)
{
    (void)state;
    if (setjmp(back) == 0)
        jump_out(10);
    check_here();
}

static ucontext_t main_context, coroutine_context;

static void run_coroutine(void)
{
    check_here();
    swapcontext(&coroutine_context, &main_context);
    check_here();
}

static void test_coroutine(void **state)
{
    size_t bytes = 65536;
    void *stack = malloc(bytes);

    (void)state;
    getcontext(&coroutine_context);
    coroutine_context.uc_stack.ss_sp = stack;
    coroutine_context.uc_stack.ss_size = bytes;
    coroutine_context.uc_link = &main_context;
    makecontext(&coroutine_context, run_coroutine, 0);
    swapcontext(&main_context, &coroutine_context);
    swapcontext(&main_context, &coroutine_context);
    free(stack);
}

static void *run_thread(void *context)
{
    struct unwind_stack before = own.stack;

    own.stack = find_stack();
    recurse(3, check_here);
    own.stack = before;
    return context;
}

static void test_thread(void **state)
{
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, run_thread, NULL), 0);
    pthread_join(thread, NULL);
}

static struct {
    size_t steps, max_steps, missed, slow, wrong;
    struct walked walked;
    void *theirs[MAX_IPS];
} stepping;

/* Each instruction of the work: ours from the context, theirs from behind the signal frame. */
static void on_step(int number, siginfo_t *info, void *data)
{
    ucontext_t *context = data;
    struct walked *walked = &stepping.walked;
    size_t count = (size_t)backtrace(stepping.theirs, MAX_IPS), leaf = 0;
    struct unwind_row row;

    (void)number, (void)info;
    while (leaf < count &&
           (uintptr_t)stepping.theirs[leaf] != (uintptr_t)context->uc_mcontext.gregs[REG_RIP])
        leaf++;
    walk(context, walked);
    stepping.missed += walked->has_missed;
    row = row_table_find(rows, walked->ips[0]);
    stepping.slow += row.kind == ROW_SLOW;
    if (!is_same(walked, stepping.theirs + leaf, count - leaf) && stepping.wrong++ < 3)
        print_both(walked, stepping.theirs + leaf, count - leaf);
    if (++stepping.steps >= stepping.max_steps)
        context->uc_mcontext.gregs[REG_EFL] &= ~0x100L;
}

#define PUSH_FLAGS "pushfq\n\t.cfi_adjust_cfa_offset 8\n\t"
#define POP_FLAGS  "popfq\n\t.cfi_adjust_cfa_offset -8"

static NOINLINE void set_trap_flag(void)
{
    __asm__ volatile(PUSH_FLAGS "orq $0x100, (%%rsp)\n\t" POP_FLAGS ::: "cc", "memory");
}

static NOINLINE void clear_trap_flag(void)
{
    __asm__ volatile(PUSH_FLAGS "andq $~0x100, (%%rsp)\n\t" POP_FLAGS ::: "cc", "memory");
}

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Calls through the PLT (also lazily bound ones), callbacks, variable arguments, memory. */
static NOINLINE size_t do_work(void)
{
    const char *words[] = {"walk", "row", "leaf", "frame", "caller", "stack"};
    char text[200];
    size_t sum = 0;

    qsort(words, 6, sizeof(*words), compare_text);
    for (int i = 0; i < 6; i++) {
        char *copy = strdup(words[i]);

        sum += (size_t)snprintf(text, sizeof(text), "%s %d %5.2f", copy, i, i / 3.0);
        sum += strtoul("12345", NULL, 10) + strlen(text);
        free(copy);
    }
    return sum + (size_t)recurse(5, clear_trap_flag);
}

static void test_every_instruction(void **state)
{
    struct sigaction action = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO}, before;

    (void)state;
    stepping.max_steps = 30000;
    sigaction(SIGTRAP, &action, &before);
    set_trap_flag();
    do_work();
    clear_trap_flag();
    sigaction(SIGTRAP, &before, NULL);
    print_message("%zu steps, %zu missed, %zu slow, %zu wrong\n", stepping.steps, stepping.missed,
                  stepping.slow, stepping.wrong);
    assert_true(stepping.steps > 3000);
    assert_int_equal(stepping.wrong, 0);
}

/* Broken stacks: registers and memory at random, the ip in code whose row is known. */
static void test_garbage(void **state)
{
    static uintptr_t memory[512];
    struct unwind_stack bounds = {(uintptr_t)memory, (uintptr_t)(memory + 512)};
    const uintptr_t code[] = {(uintptr_t)qsort, (uintptr_t)recurse + 20, (uintptr_t)do_work + 40,
                              (uintptr_t)snprintf + 30, (uintptr_t)test_garbage + 100};
    struct unwind_stack before = own.stack;
    struct walked walked;
    ucontext_t context;

    (void)state;
    memset(&context, 0, sizeof(context));
    srandom(7);
    own.stack = bounds;
    for (int round = 0; round < 20000; round++) {
        for (size_t i = 0; i < 512; i++) {
            long kind = random() % 8;

            memory[i] = kind < 3   ? code[(size_t)random() % 5]
                        : kind < 5 ? bounds.low + (uintptr_t)random() % sizeof(memory)
                        : kind < 6 ? (uintptr_t)random() << 32 | (uintptr_t)random()
                                   : 0;
        }
        context.uc_mcontext.gregs[REG_RIP] = (long)code[(size_t)random() % 5];
        context.uc_mcontext.gregs[REG_RSP] = (long)(memory + random() % 512);
        context.uc_mcontext.gregs[REG_RBP] = (long)memory[random() % 512];
        walk(&context, &walked);
        assert_in_range(walked.count, 1, MAX_IPS);
        assert_true(walked.end != UNWIND_MISS);
    }
    own.stack = before;
}

/* Code of no object, as a JIT makes it, with a frame pointer: found through /proc/self/maps. */
static void test_code_without_tables(void **state)
{
    static const unsigned char code[] = {0x55, 0x48, 0x89, 0xe5, /* push rbp; mov rbp, rsp */
                                         0xff, 0xd7,             /* call rdi */
                                         0x5d, 0xc3};            /* pop rbp; ret */
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void (*run)(void (*)(void));

    (void)state;
    memcpy(page, code, sizeof(code));
    mprotect(page, 4096, PROT_READ | PROT_EXEC);
    process_source_refresh(process, rows);
    memcpy(&run, &page, sizeof(run));
    for (volatile int i = 0; i < 2; i++)
        run(walk_here);
    assert_int_equal(deep.end, UNWIND_COMPLETE);
    assert_int_equal(deep.ips[1], (uintptr_t)page + 5);
    assert_false(deep.has_missed);
    munmap(page, 4096);
}

static void test_pool_is_bounded(void **state)
{
    struct unwind_frame last;
    ucontext_t context;

    (void)state;
    memset(&context, 0, sizeof(context));
    getcontext(&context);
    last = unwind_frame_first(&context);
    for (int i = 0; i < COPY_COUNT; i++)
        assert_int_equal(
            unwind_copies_take(copies, &context, &own.stack, &last.ip, 1, &last, UNWIND_MISS), i);
    assert_int_equal(
        unwind_copies_take(copies, &context, &own.stack, &last.ip, 1, &last, UNWIND_MISS), -1);
    unwind_copies_give_back(copies, 17);
    assert_int_equal(
        unwind_copies_take(copies, &context, &own.stack, &last.ip, 1, &last, UNWIND_SLOW), 17);
    for (int i = 0; i < COPY_COUNT; i++)
        unwind_copies_give_back(copies, i);
}

static int set_up(void **state)
{
    struct eh_source source;

    (void)state;
    rows = row_table_new(1 << 16);
    copies = unwind_copies_new();
    process = process_source_new();
    source = process_source(process);
    learner = unwind_learner_new(rows, &source);
    process_source_refresh(process, rows);
    own.stack = find_stack();
    return rows && copies ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    unwind_learner_free(learner);
    process_source_free(process);
    unwind_copies_free(copies);
    row_table_free(rows);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_more_frames_than_fit),
        cmocka_unit_test(test_through_libc),
        cmocka_unit_test(test_signal_frame),
        cmocka_unit_test(test_alternate_signal_stack),
        cmocka_unit_test(test_after_longjmp),
        cmocka_unit_test(test_coroutine),
        cmocka_unit_test(test_thread),
        cmocka_unit_test(test_every_instruction),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_code_without_tables),
        cmocka_unit_test(test_pool_is_bounded),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
