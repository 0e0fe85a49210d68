#include "unwind.h"

#include <stdbool.h>
#include <string.h>

#include "own_memory.h"

/*
 * A frame of x86-64 and AArch64 code that keeps frame pointers:
 *
 *     fp + 0   frame pointer of the caller
 *     fp + 8   return address
 */
struct frame {
    uintptr_t caller_fp, return_ip;
};

struct registers {
    uintptr_t ip, sp, fp;
};

static struct registers read_registers(const ucontext_t *context)
{
#if defined(__x86_64__)
    const greg_t *regs = context->uc_mcontext.gregs;

    return (struct registers){(uintptr_t)regs[REG_RIP], (uintptr_t)regs[REG_RSP],
                              (uintptr_t)regs[REG_RBP]};
#elif defined(__aarch64__)
    const mcontext_t *machine = &context->uc_mcontext;

    return (struct registers){machine->pc, machine->sp, machine->regs[29]};
#else
#error "libpgocollect: this architecture's registers are not known"
#endif
}

/* Directly within the stack in use, which is mapped; elsewhere through the kernel. */
static bool read_frame(uintptr_t fp, uintptr_t sp, const struct unwind_stack *stack,
                       struct frame *frame)
{
    if (fp >= sp && sp >= stack->low && fp < stack->high && stack->high - fp >= sizeof(*frame)) {
        memcpy(frame, (const void *)fp, sizeof(*frame));
        return true;
    }
    return own_memory_read(fp, frame, sizeof(*frame));
}

size_t unwind_walk(const struct unwind_rows *rows, const ucontext_t *context,
                   const struct unwind_stack *stack, uintptr_t *ips, size_t max,
                   enum unwind_end *end)
{
    struct registers regs = read_registers(context);
    uintptr_t low = regs.sp;
    struct frame frame;
    size_t count = 0;

    (void)rows;
    *end = UNWIND_LIMIT;
    if (max)
        ips[count++] = regs.ip;
    while (count < max) {
        *end = UNWIND_BROKEN;
        if (regs.fp < low || regs.fp % sizeof(uintptr_t) ||
            !read_frame(regs.fp, regs.sp, stack, &frame))
            break;
        *end = frame.return_ip ? UNWIND_LIMIT : UNWIND_COMPLETE;
        if (!frame.return_ip)
            break;
        ips[count++] = frame.return_ip - 1;
        *end = frame.caller_fp ? UNWIND_LIMIT : UNWIND_COMPLETE;
        if (!frame.caller_fp)
            break;
        low = regs.fp + sizeof(frame);
        regs.fp = frame.caller_fp;
    }
    return count;
}

struct unwind_rows *unwind_rows_new(void)
{
    return NULL;
}

void unwind_rows_free(struct unwind_rows *rows)
{
    (void)rows;
}

uint32_t unwind_copy_take(struct unwind_rows *rows, const ucontext_t *context,
                          const struct unwind_stack *stack)
{
    (void)rows;
    (void)context;
    (void)stack;
    return 0;
}

size_t unwind_learn(struct unwind_rows *rows, uint32_t copy, uintptr_t *ips, size_t max,
                    enum unwind_end *end)
{
    (void)rows;
    (void)copy;
    (void)ips;
    (void)max;
    *end = UNWIND_BROKEN;
    return 0;
}

void unwind_forget(struct unwind_rows *rows, uintptr_t start, uintptr_t limit)
{
    (void)rows;
    (void)start;
    (void)limit;
}
