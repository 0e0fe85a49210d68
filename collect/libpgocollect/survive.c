#include "survive.h"

#include <setjmp.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/out_of_memory.h"

static __thread jmp_buf *recovery_point;
static _Atomic uint64_t failure_count;

bool survive_run(void (*work)(void *), void *data)
{
    jmp_buf *const outer = recovery_point;
    jmp_buf here;

    if (setjmp(here) == 0) {
        recovery_point = &here;
        work(data);
        recovery_point = outer;
        return true;
    }
    recovery_point = outer;
    atomic_fetch_add(&failure_count, 1);
    return false;
}

uint64_t survive_count(void)
{
    return atomic_load(&failure_count);
}

/* In the place of lib/base's. */
void out_of_memory(void)
{
    if (!recovery_point)
        abort(); /* our bug: work outside survive_run() */
    longjmp(*recovery_point, 1);
}
