#include "copies.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "own_memory.h"

struct unwind_copies {
    _Atomic uint64_t in_use; /* a bit for each copy */
    struct unwind_copy copies[COPY_COUNT];
    _Alignas(4096) unsigned char bytes[COPY_COUNT][COPY_BYTES];
};
_Static_assert(COPY_COUNT == 64, "one word of bits");

struct unwind_copies *unwind_copies_new(void)
{
    struct unwind_copies *copies = mmap(NULL, sizeof(*copies), PROT_READ | PROT_WRITE,
                                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return copies == MAP_FAILED ? NULL : copies;
}

void unwind_copies_free(struct unwind_copies *copies)
{
    if (copies)
        munmap(copies, sizeof(*copies));
}

/* The lowest free one, so that few pages are ever touched; -1: none. */
static int claim(struct unwind_copies *copies)
{
    uint64_t in_use = atomic_load_explicit(&copies->in_use, memory_order_relaxed);
    int index;

    do {
        if (in_use == UINT64_MAX)
            return -1;
        index = __builtin_ctzll(~in_use);
    } while (!atomic_compare_exchange_weak_explicit(&copies->in_use, &in_use,
                                                    in_use | UINT64_C(1) << index,
                                                    memory_order_acquire, memory_order_relaxed));
    return index;
}

#if defined(__x86_64__)
static void copy_registers(const ucontext_t *context, uint64_t *registers)
{
    /* By DWARF's numbers: the x86-64 psABI, figure 3.36. */
    static const int order[COPY_REGISTERS] = {
        REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8,
        REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP,
    };

    for (int i = 0; i < COPY_REGISTERS; i++)
        registers[i] = (uint64_t)context->uc_mcontext.gregs[order[i]];
}
#else
static void copy_registers(const ucontext_t *context, uint64_t *registers)
{
    /* Never needed: walks along frame pointers do not miss. */
    (void)context;
    memset(registers, 0, COPY_REGISTERS * sizeof(*registers));
}
#endif

/* The stack around `sp`, as far as there is room for it. */
static struct unwind_memory copy_memory(const struct unwind_memory *live, uintptr_t sp,
                                        unsigned char *bytes)
{
    struct unwind_memory copy = {.low = sp - UNWIND_RED_ZONE_BYTES, .bytes = bytes};
    size_t len = COPY_BYTES;

    if (sp < live->low || sp >= live->high) {
        copy.high = copy.low + own_memory_read_some(copy.low, bytes, len);
        copy.limit = UINTPTR_MAX; /* where this stack ends is not known */
        return copy;
    }
    if (copy.low < live->low)
        copy.low = live->low;
    if (len > live->high - copy.low)
        len = live->high - copy.low;
    unwind_copy_stack(bytes, (const void *)copy.low, len);
    copy.high = copy.low + len;
    copy.limit = live->limit;
    return copy;
}

int unwind_copies_take(struct unwind_copies *copies, const ucontext_t *context,
                       const struct unwind_stack *stack, const uintptr_t *ips, size_t count,
                       const struct unwind_frame *last, enum unwind_end end)
{
    uintptr_t leaf_sp = unwind_frame_first(context).sp;
    struct unwind_memory live = unwind_memory_live(context, stack);
    uintptr_t sp = end == UNWIND_SLOW ? leaf_sp : last->sp;
    int index = claim(copies);
    struct unwind_copy *copy;

    if (index < 0)
        return -1;
    copy = &copies->copies[index];
    copy->is_from_leaf = sp == leaf_sp;
    copy->frame = *last;
    copy->ip_count = count;
    memcpy(copy->ips, ips, count * sizeof(*ips));
    copy_registers(context, copy->registers);
    copy->memory = copy_memory(&live, sp, copies->bytes[index]);
    return index;
}

const struct unwind_copy *unwind_copies_get(const struct unwind_copies *copies, int index)
{
    return &copies->copies[index];
}

void unwind_copies_give_back(struct unwind_copies *copies, int index)
{
    atomic_fetch_and_explicit(&copies->in_use, ~(UINT64_C(1) << index), memory_order_release);
}
