#include "torture.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define ARRAY_COUNT(array)  (sizeof(array) / sizeof((array)[0]))
#define STACK_BYTES         ((size_t)64 * 1024)
#define SIGNAL_TO_JUMP      SIGUSR2
#define SIGNAL_ON_OWN_STACK (SIGRTMIN + 1)

static void *map(size_t bytes, int protection)
{
    void *memory = mmap(NULL, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    check(memory != MAP_FAILED);
    return memory;
}

__attribute__((noinline)) static unsigned recurse(unsigned depth)
{
    volatile unsigned char local[200];

    local[depth % sizeof(local)] = (unsigned char)depth;
    if (depth % 16 == 0)
        burn(300);
    return depth ? recurse(depth - 1) + (local[depth % sizeof(local)] == (unsigned char)depth) : 0;
}

void do_recursion(void)
{
    unsigned depth = 500 + random_below(2000);

    check(recurse(depth) == depth);
}

static __thread sigjmp_buf *volatile jump_target;

static void on_jump(int number)
{
    sigjmp_buf *target = jump_target;

    jump_target = NULL;
    if (target)
        siglongjmp(*target, number);
}

__attribute__((noinline)) static void burn_until_jump(unsigned depth)
{
    if (depth)
        burn_until_jump(depth - 1);
    while (jump_target)
        burn(100);
}

/* A handler that never returns, wherever the timer of this thread's CPU time comes. */
static void jump_out_of_timer(void)
{
    struct itimerspec soon = {.it_value = {0, 1 + random_below(3000000)}};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGNAL_TO_JUMP};
    sigjmp_buf here;
    timer_t timer;

    event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
    check(timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) == 0);
    if (sigsetjmp(here, 1) == 0) {
        jump_target = &here;
        check(timer_settime(timer, 0, &soon, NULL) == 0);
        burn_until_jump(random_below(20));
        check(false);
    }
    check(timer_delete(timer) == 0);
}

static void jump_out_of_raise(void)
{
    sigjmp_buf here;

    if (sigsetjmp(here, 1) == 0) {
        jump_target = &here;
        raise(SIGNAL_TO_JUMP);
        check(false);
    }
}

void do_longjmp(void)
{
    sigset_t blocked;

    jump_out_of_timer();
    for (int i = 0; i < 20; i++)
        jump_out_of_raise();
    check(pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0);
    check(!sigismember(&blocked, SIGPROF));
}

static void on_own_stack(int number)
{
    (void)number;
    recurse(40);
}

void do_alternate_stack(void)
{
    stack_t stack = {.ss_sp = map(STACK_BYTES, PROT_READ | PROT_WRITE), .ss_size = STACK_BYTES};
    stack_t before;

    check(sigaltstack(&stack, &before) == 0);
    for (int i = 0; i < 10; i++) {
        check(raise(SIGNAL_ON_OWN_STACK) == 0);
        burn(5000);
    }
    check(sigaltstack(&before, NULL) == 0);
    check(munmap(stack.ss_sp, STACK_BYTES) == 0);
}

#ifdef __x86_64__
/*
 * spin_with(rounds, bp, sp): a loop with these as frame and stack pointer; sp 0: as it is.
 * The tables say nothing of either: what the walk makes of it must only be harmless.
 */
void spin_with(uint64_t rounds, uint64_t bp, uint64_t sp);
__asm__(".text\n"
        ".type spin_with, @function\n"
        "spin_with:\n"
        "    push %rbp\n"
        "    push %r12\n"
        "    mov %rsp, %r12\n"
        "    mov %rsi, %rbp\n"
        "    test %rdx, %rdx\n"
        "    jz 1f\n"
        "    mov %rdx, %rsp\n"
        "1:  dec %rdi\n"
        "    jnz 1b\n"
        "    mov %r12, %rsp\n"
        "    pop %r12\n"
        "    pop %rbp\n"
        "    ret\n"
        ".size spin_with, . - spin_with\n");
#define SPIN_ROUNDS 200000

void do_wrong_frames(void)
{
    uint64_t chain[16], here = (uint64_t)chain;
    const uint64_t wrong[] = {0,          1,          7,          here,       here + 1,
                              0xdeadbeef, UINT64_MAX, 1ull << 47, 1ull << 63, 4096 - 8};

    /* In a circle; up, into no code; up, into code. */
    for (size_t i = 0; i < ARRAY_COUNT(chain); i += 2) {
        chain[i] = here + 8 * ((i + 2) % ARRAY_COUNT(chain));
        chain[i + 1] = random_below(2) ? (uint64_t)do_wrong_frames + i : random_below(1u << 31);
    }
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++)
        spin_with(SPIN_ROUNDS, wrong[i], 0);
}

/* A stack of other people's words, up to the edge of what is mapped. */
void do_fake_stacks(void)
{
    enum { PAGE = 4096, PAGES = 8 };
    unsigned char *memory = map((PAGES + 1) * PAGE, PROT_READ | PROT_WRITE);
    uint64_t *words = (uint64_t *)memory, count = PAGES * PAGE / sizeof(*words);

    check(mprotect(memory + PAGES * PAGE, PAGE, PROT_NONE) == 0);
    for (size_t i = 0; i < count; i++)
        words[i] = i % 3 == 0   ? (uint64_t)do_fake_stacks + random_below(4096)
                   : i % 3 == 1 ? (uint64_t)&words[random_below((unsigned)count)]
                                : (uint64_t)random_below(UINT32_MAX) << random_below(32);
    for (int i = 0; i < 10; i++) {
        /* The kernel needs room for its frame below. */
        uint64_t at = count - 1 - random_below((unsigned)count / 4);

        spin_with(SPIN_ROUNDS, (uint64_t)&words[random_below((unsigned)count)],
                  (uint64_t)&words[at] & ~UINT64_C(15));
    }
    check(munmap(memory, (PAGES + 1) * PAGE) == 0);
}
#else
void do_wrong_frames(void)
{
    burn(1000);
}

void do_fake_stacks(void)
{
    burn(1000);
}
#endif

struct coroutine {
    ucontext_t own, caller;
    unsigned steps;
};

static void run_coroutine(unsigned high, unsigned low)
{
    struct coroutine *self = (struct coroutine *)((uintptr_t)high << 32 | low);

    for (;;) {
        recurse(20);
        self->steps++;
        swapcontext(&self->own, &self->caller);
    }
}

void do_coroutines(void)
{
    struct coroutine *coroutine = calloc(1, sizeof(*coroutine));
    void *stack = map(STACK_BYTES, PROT_READ | PROT_WRITE);
    uintptr_t at = (uintptr_t)coroutine;

    check(coroutine && getcontext(&coroutine->own) == 0);
    coroutine->own.uc_stack.ss_sp = stack;
    coroutine->own.uc_stack.ss_size = STACK_BYTES;
    makecontext(&coroutine->own, (void (*)(void))run_coroutine, 2, (unsigned)(at >> 32),
                (unsigned)at);
    for (int i = 0; i < 30; i++)
        check(swapcontext(&coroutine->caller, &coroutine->own) == 0);
    check(coroutine->steps == 30);
    check(munmap(stack, STACK_BYTES) == 0);
    free(coroutine);
}

#ifdef __x86_64__
/* mov edi, ecx; dec ecx; jnz; ret: with a frame pointer and without. */
static const unsigned char with_frame[] = {0x55, 0x48, 0x89, 0xe5, 0x89, 0xf9,
                                           0xff, 0xc9, 0x75, 0xfc, 0x5d, 0xc3};
static const unsigned char without_frame[] = {0x89, 0xf9, 0xff, 0xc9, 0x75, 0xfc, 0xc3};

__attribute__((no_sanitize("undefined"))) static void call_code(void *code, unsigned rounds)
{
    void (*function)(unsigned);

    memcpy(&function, &code, sizeof(function));
    function(rounds);
}

void do_code_at_run_time(void)
{
    enum { BYTES = 8192, START = 64 };
    unsigned char *code = map(BYTES, PROT_READ | PROT_WRITE);

    memcpy(code + START, with_frame, sizeof(with_frame));
    memcpy(code + BYTES / 2, without_frame, sizeof(without_frame));
    check(mprotect(code, BYTES, PROT_READ | PROT_EXEC) == 0);
    call_code(code + START, 1 + random_below(3000000));
    call_code(code + BYTES / 2, 1 + random_below(3000000));
    check(munmap(code, BYTES) == 0);
}
#else
void do_code_at_run_time(void)
{
    burn(1000);
}
#endif

void prepare_stack_signals(void)
{
    struct sigaction jump = {.sa_handler = on_jump};
    struct sigaction own_stack = {.sa_handler = on_own_stack, .sa_flags = SA_ONSTACK};

    check(sigaction(SIGNAL_TO_JUMP, &jump, NULL) == 0);
    check(sigaction(SIGNAL_ON_OWN_STACK, &own_stack, NULL) == 0);
}
