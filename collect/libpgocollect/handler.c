#include "handler.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "copies.h"
#include "wake.h"

enum { TIMED_EVERY = 8 };

/* Read by handlers; the rest of the library changes them only while `enabled` is false. */
static struct unwind_rows *rows;
static _Atomic bool enabled;
static struct sigaction previous;
static _Atomic bool is_installed;
static handler_sigaction *real_sigaction = sigaction;

/* Of the thread alone: what preempts the handler is not its cost. errno is kept. */
static int64_t cpu_ns(void)
{
    int saved_errno = errno;
    int64_t ns = clock_read_ns(CLOCK_THREAD_CPUTIME_ID);

    errno = saved_errno;
    return ns;
}

/* One writer: no need for an atomic addition. */
static void count(_Atomic uint64_t *counter, uint64_t number)
{
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + number,
                          memory_order_relaxed);
}

/* Reserved at its full size; NULL: no room, and the next record carries the weight. */
static struct sample *begin_sample(struct slot *slot, uint64_t weight)
{
    struct sample *sample = sample_ring_reserve(&slot->ring, HANDLER_IPS_MAX);

    slot->weight += weight;
    slot->carried_weight += weight;
    if (!sample) {
        count(&slot->full_count, 1);
        return NULL;
    }
    sample->weight = slot->carried_weight;
    sample->label_set = atomic_load_explicit(&slot->label_set, memory_order_relaxed);
    sample->copy = 0;
    sample->flags = 0;
    if (atomic_load_explicit(&slot->has_trace, memory_order_relaxed)) {
        sample->flags = SAMPLE_TRACE;
        memcpy(sample->trace_id, slot->trace_id, sizeof(sample->trace_id));
    }
    return sample;
}

/* Copies run short. */
static bool is_urgent(const struct sample *sample)
{
    return (sample->end == UNWIND_MISS || sample->end == UNWIND_SLOW) &&
           (!sample->copy || sample->copy > COPY_COUNT / 2);
}

static void end_sample(struct slot *slot, struct sample *sample)
{
    bool is_needed = is_urgent(sample);

    slot->carried_weight = 0;
    if (sample_ring_commit(&slot->ring, sample) || is_needed)
        wake_post();
}

static void take_sample(struct slot *slot, uint64_t weight, const ucontext_t *context)
{
    struct sample *sample = begin_sample(slot, weight);
    struct unwind_frame last;
    enum unwind_end end;

    if (!sample)
        return;
    sample->ip_count = (uint16_t)unwind_walk(rows, context, &slot->thread, sample->ips,
                                             HANDLER_IPS_MAX, &last, &end);
    sample->end = (uint8_t)end;
    sample->copy = unwind_copy_take(rows, context, &slot->thread.stack, sample->ips,
                                    sample->ip_count, &last, end);
    end_sample(slot, sample);
}

/* What the program would have blocked in its handler: ours blocks all. */
static void set_mask(int number, const struct sigaction *action, const ucontext_t *context)
{
    uint64_t before, own, mask; /* the kernel's sigset_t */

    memcpy(&before, &context->uc_sigmask, sizeof(before));
    memcpy(&own, &action->sa_mask, sizeof(own));
    mask = before | own;
    if (!(action->sa_flags & SA_NODEFER))
        mask |= UINT64_C(1) << (number - 1);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof(mask));
}

static void pass_on(int number, siginfo_t *info, void *context)
{
    struct sigaction action = previous; /* may be half of a new one: either call suits both forms */
    int saved_errno = errno;

    if (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN)
        return;
    set_mask(number, &action, context);
    if (action.sa_flags & SA_SIGINFO)
        action.sa_sigaction(number, info, context);
    else
        action.sa_handler(number);
    errno = saved_errno;
}

/* A look at the CPU clock is a system call: after the first signals each 8th stands for 8. */
static uint64_t timed_signals(uint64_t signal_count)
{
    if (signal_count < TIMED_EVERY)
        return 1;
    return signal_count % TIMED_EVERY ? 0 : TIMED_EVERY;
}

static void take_signal(struct slot *slot, uint64_t weight, const ucontext_t *context)
{
    uint64_t timed = timed_signals(slot->signal_count);
    int64_t start_ns = timed ? cpu_ns() : 0;

    take_sample(slot, weight, context);
    count(&slot->signal_count, 1);
    if (timed)
        count(&slot->handler_ns, timed * (uint64_t)(cpu_ns() - start_ns));
}

/* Its tid is asked for once: after that the place of this thread's own memory tells. */
static bool is_own(struct slot *slot)
{
    static __thread char own_memory;

    if (slot->own_memory == &own_memory)
        return true;
    if (slot->tid != gettid())
        return false;
    slot->own_memory = &own_memory;
    return true;
}

/*
 * The usual way through calls nothing of libc: its pages are cold, and errno is not touched.
 */
static void on_signal(int number, siginfo_t *info, void *context)
{
    struct slot *slot = info->si_value.sival_ptr;

    if (info->si_code != SI_TIMER || !slot_is_valid(slot)) {
        pass_on(number, info, context);
        return;
    }
    /* Whoever frees a slot makes it not LIVE first, and then looks at this count. */
    atomic_fetch_add(&slot->handler_count, 1);
    if (atomic_load(&enabled) && is_own(slot) && atomic_load(&slot->state) == SLOT_LIVE)
        take_signal(slot, 1 + (uint64_t)info->si_overrun, context);
    atomic_fetch_sub(&slot->handler_count, 1);
}

bool handler_install(struct unwind_rows *new_rows)
{
    struct sigaction action = {.sa_sigaction = on_signal,
                               .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
    struct sigaction before;

    /*
     * All of them, also those that the C library keeps for cancellation and sigfillset() leaves
     * out: no handler may jump out of ours, or end the thread in it.
     */
    memset(&action.sa_mask, 0xff, sizeof(action.sa_mask));
    if (real_sigaction(SIGPROF, &action, &before) != 0)
        return false;
    if (!(before.sa_flags & SA_SIGINFO) || before.sa_sigaction != on_signal)
        previous = before;
    rows = new_rows;
    is_installed = true;
    atomic_store(&enabled, true);
    return true;
}

void handler_use(handler_sigaction *real)
{
    real_sigaction = real;
}

bool handler_exchange(const struct sigaction *action, struct sigaction *before)
{
    struct sigaction was = previous;

    if (!is_installed)
        return false;
    if (action)
        previous = *action;
    if (before)
        *before = was;
    return true;
}

void handler_disable(void)
{
    atomic_store(&enabled, false);
}

bool handler_is_installed(void)
{
    struct sigaction now;

    return is_installed && real_sigaction(SIGPROF, NULL, &now) == 0 &&
           (now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_signal;
}
