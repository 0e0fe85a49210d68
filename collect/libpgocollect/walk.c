#include "walk.h"

#include <string.h>

#include "own_memory.h"

/*
 * What differs by machine: the three registers, the frame of a signal, and whether there are rows.
 * AArch64 keeps frame pointers by convention: bp is x29, and [x29] = caller's x29, return address.
 */
#if defined(__x86_64__)
enum { HAS_ROWS = 1 };
#define CONTEXT_IP(context) ((uintptr_t)(context)->uc_mcontext.gregs[REG_RIP])
#define CONTEXT_SP(context) ((uintptr_t)(context)->uc_mcontext.gregs[REG_RSP])
#define CONTEXT_BP(context) ((uintptr_t)(context)->uc_mcontext.gregs[REG_RBP])
/* Behind the return address to __restore_rt the kernel puts its struct ucontext: at sp. */
enum {
    SIGNAL_IP = offsetof(ucontext_t, uc_mcontext.gregs[REG_RIP]),
    SIGNAL_SP = offsetof(ucontext_t, uc_mcontext.gregs[REG_RSP]),
    SIGNAL_BP = offsetof(ucontext_t, uc_mcontext.gregs[REG_RBP]),
};
#elif defined(__aarch64__)
enum { HAS_ROWS = 0, SIGNAL_IP, SIGNAL_SP, SIGNAL_BP };
#define CONTEXT_IP(context) ((uintptr_t)(context)->uc_mcontext.pc)
#define CONTEXT_SP(context) ((uintptr_t)(context)->uc_mcontext.sp)
#define CONTEXT_BP(context) ((uintptr_t)(context)->uc_mcontext.regs[29])
#else
#error "no unwinding on this machine yet: name its registers here"
#endif

__attribute__((no_sanitize_address)) void unwind_copy_stack(void *to, const void *from,
                                                            size_t bytes)
{
    struct word {
        uintptr_t value;
    } __attribute__((packed, may_alias)) *target = to;
    const volatile struct word *source = from;

    for (size_t i = 0; i < bytes / sizeof(*source); i++)
        target[i].value = source[i].value;
}

/*
 * Reads of one walk. What lies outside of the known bounds (coroutines, the stack below a handler
 * on its own stack) comes from the kernel in pieces, since one such call costs 0.3 us.
 */
struct reader {
    const struct unwind_memory *memory;
    uintptr_t failed_at;
    uintptr_t piece_at;
    size_t piece_len;
    unsigned char piece[512];
};

static bool read_piece(struct reader *reader, uintptr_t at, uintptr_t *word)
{
    if (at < reader->piece_at || at - reader->piece_at + sizeof(*word) > reader->piece_len) {
        reader->piece_at = at;
        reader->piece_len = own_memory_read_some(at, reader->piece, sizeof(reader->piece));
        if (reader->piece_len < sizeof(*word))
            return false;
    }
    memcpy(word, reader->piece + (at - reader->piece_at), sizeof(*word));
    return true;
}

static bool read_word(struct reader *reader, uintptr_t at, uintptr_t *word)
{
    const struct unwind_memory *memory = reader->memory;

    if (at >= memory->low && at < memory->high && memory->high - at >= sizeof(*word)) {
        unwind_copy_stack(word, memory->bytes + (at - memory->low), sizeof(*word));
        return true;
    }
    reader->failed_at = at;
    return memory->is_live && read_piece(reader, at, word);
}

bool unwind_has_rows(void)
{
    return HAS_ROWS;
}

struct unwind_frame unwind_frame_first(const ucontext_t *context)
{
    return (struct unwind_frame){
        .ip = CONTEXT_IP(context), .sp = CONTEXT_SP(context), .bp = CONTEXT_BP(context)};
}

static bool contains(uintptr_t low, uintptr_t high, uintptr_t at)
{
    return low <= at && at < high;
}

struct unwind_memory unwind_memory_live(const ucontext_t *context, const struct unwind_stack *stack)
{
    uintptr_t sp = CONTEXT_SP(context);
    uintptr_t low = (uintptr_t)context->uc_stack.ss_sp;
    uintptr_t high = low + context->uc_stack.ss_size;
    struct unwind_memory memory = {.is_live = true};

    if (contains(stack->low, stack->high, sp)) {
        low = stack->low;
        high = stack->high;
    } else if (!contains(low, high, sp)) /* a coroutine's stack, of unknown bounds */
        return memory;
    /* Further down the main thread's stack may not be there yet. */
    memory.low = sp - low < UNWIND_RED_ZONE_BYTES ? low : sp - UNWIND_RED_ZONE_BYTES;
    memory.high = memory.limit = high;
    memory.bytes = (const unsigned char *)memory.low;
    return memory;
}

static bool step_from_signal(struct reader *reader, struct unwind_frame *frame)
{
    struct unwind_frame next = {0};

    if (!read_word(reader, frame->sp + SIGNAL_IP, &next.ip) ||
        !read_word(reader, frame->sp + SIGNAL_SP, &next.sp) ||
        !read_word(reader, frame->sp + SIGNAL_BP, &next.bp))
        return false;
    *frame = next;
    return true;
}

static bool find_cfa(struct reader *reader, const struct unwind_frame *frame, struct unwind_row row,
                     uintptr_t *cfa)
{
    uintptr_t offset = (uintptr_t)(intptr_t)row.cfa_offset;

    if (row.kind == ROW_BP_DEREF)
        return read_word(reader, frame->bp + offset, cfa);
    *cfa = (row.kind == ROW_SP ? frame->sp : frame->bp) + offset;
    return true;
}

/* The caller's frame. False: its CFA is not further up, or cannot be read. */
static bool step(struct reader *reader, struct unwind_row row, struct unwind_frame *frame)
{
    struct unwind_frame next = {.bp = frame->bp, .is_call = true};
    uintptr_t cfa, at = (uintptr_t)(intptr_t)row.bp_offset;

    if (row.kind == ROW_SIGNAL)
        return step_from_signal(reader, frame);
    if (!find_cfa(reader, frame, row, &cfa) || cfa <= frame->sp || cfa % sizeof(cfa) != 0)
        return false;
    at += row.bp == ROW_BP_AT_BP ? frame->bp : cfa;
    if (!read_word(reader, cfa - sizeof(cfa), &next.ip) ||
        (row.bp != ROW_BP_SAME && !read_word(reader, at, &next.bp)))
        return false;
    next.sp = cfa;
    *frame = next;
    return true;
}

/* Without tables: bp points at the caller's bp, and the return address follows. */
static struct unwind_row frame_pointer_row(void)
{
    return (struct unwind_row){
        .kind = ROW_BP, .cfa_offset = 16, .bp = ROW_BP_AT_CFA, .bp_offset = -16};
}

static struct unwind_row row_of(struct row_view rows, const struct unwind_frame *frame)
{
    if (!HAS_ROWS || !rows.table)
        return frame->bp ? frame_pointer_row() : (struct unwind_row){.kind = ROW_END};
    if (!frame->is_call) /* another place each time */
        return row_table_find(rows.table, frame->ip);
    return row_view_find(rows, frame->ip - 1);
}

/* True: the walk is at its end, for what the row says. */
static bool is_end(struct unwind_row row, enum unwind_end *end)
{
    if (row.kind == ROW_NONE)
        *end = UNWIND_MISS;
    else if (row.kind == ROW_SLOW)
        *end = UNWIND_SLOW;
    else if (row.kind == ROW_END)
        *end = UNWIND_COMPLETE;
    else if (row.kind == ROW_NOWHERE)
        *end = UNWIND_BROKEN;
    else
        return false;
    return true;
}

size_t unwind_walk_on(struct row_view rows, const struct unwind_memory *memory, uintptr_t *ips,
                      size_t count, size_t max, struct unwind_frame *last, enum unwind_end *end)
{
    struct reader reader = {.memory = memory};

    for (;;) {
        struct unwind_row row = row_of(rows, last);
        struct unwind_frame next = *last;

        if (is_end(row, end))
            return count;
        if (count == max) {
            *end = UNWIND_LIMIT;
            return count;
        }
        if (!step(&reader, row, &next)) {
            bool is_cut = contains(memory->high, memory->limit, reader.failed_at);

            *end = is_cut ? UNWIND_LIMIT : UNWIND_BROKEN;
            return count;
        }
        *last = next;
        if (!next.ip) { /* what starts a stack by hand pushes a 0 */
            *end = UNWIND_COMPLETE;
            return count;
        }
        ips[count++] = next.ip - next.is_call;
    }
}

size_t unwind_walk_context(const struct row_table *rows, const ucontext_t *context,
                           struct unwind_thread *thread, uintptr_t *ips, size_t max,
                           struct unwind_frame *last, enum unwind_end *end)
{
    struct unwind_memory memory = unwind_memory_live(context, &thread->stack);
    struct row_view view = {rows, &thread->memo};

    row_view_begin(view);
    *last = unwind_frame_first(context);
    ips[0] = last->ip;
    return unwind_walk_on(view, &memory, ips, 1, max, last, end);
}
