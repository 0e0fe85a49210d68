#include "stack_unwind.h"

#if defined(__x86_64__)

#include <libunwind.h>
#include <stdlib.h>
#include <string.h>

struct stack_unwinder {
    unw_addr_space_t space;
};

/* What libunwind hands to each accessor: one stack_unwind(). */
struct walk {
    const struct eh_source *source;
    const struct stack_copy *stack;
    bool is_cut; /* it asked for what lies behind the copy's end */
};

/* Exported by libunwind for remote unwinders, but in none of its headers; linux-perf uses it. */
int _Ux86_64_dwarf_search_unwind_table(unw_addr_space_t space, unw_word_t ip, unw_dyn_info_t *table,
                                       unw_proc_info_t *info, int need_unwind_info, void *context);

/*
 * .eh_frame_hdr as every linker writes it, see eh_frame.c: u8 version 1 and three encodings,
 * i32 eh_frame_ptr, u32 count, then a table of count entries of 8 bytes.
 */
static bool describe_table(const struct eh_source *source, const struct eh_object *object,
                           unw_dyn_info_t *table)
{
    static const uint8_t start[] = {1, 0x1b, 0x03, 0x3b};
    enum { COUNT_AT = 8, TABLE_AT = 12 };
    uint8_t header[TABLE_AT];
    uint32_t count;

    if (!object->header_ip ||
        !source->read(source->context, object->header_ip, header, sizeof(header)) ||
        memcmp(header, start, sizeof(start)) != 0)
        return false;
    memcpy(&count, header + COUNT_AT, sizeof(count));
    table->format = UNW_INFO_FORMAT_REMOTE_TABLE;
    table->start_ip = object->start_ip;
    table->end_ip = object->end_ip;
    table->u.rti.segbase = object->header_ip;
    table->u.rti.table_data = object->header_ip + TABLE_AT;
    table->u.rti.table_len = count; /* in words of 8 bytes: an entry is one */
    return true;
}

static int find_proc_info(unw_addr_space_t space, unw_word_t ip, unw_proc_info_t *info,
                          int need_unwind_info, void *context)
{
    const struct walk *walk = context;
    unw_dyn_info_t table = {0};
    struct eh_object object;

    if (!walk->source->find(walk->source->context, ip, &object) ||
        !describe_table(walk->source, &object, &table))
        return -UNW_ENOINFO;
    return _Ux86_64_dwarf_search_unwind_table(space, ip, &table, info, need_unwind_info, context);
}

static void put_unwind_info(unw_addr_space_t space, unw_proc_info_t *info, void *context)
{
    (void)space, (void)info, (void)context;
}

static int get_dyn_info_list(unw_addr_space_t space, unw_word_t *list, void *context)
{
    (void)space, (void)list, (void)context;
    return -UNW_ENOINFO;
}

static int access_mem(unw_addr_space_t space, unw_word_t at, unw_word_t *word, int is_write,
                      void *context)
{
    struct walk *walk = context;
    const struct stack_copy *stack = walk->stack;

    (void)space;
    if (is_write)
        return -UNW_EINVAL;
    if (at >= stack->start && at - stack->start < stack->len) {
        if (stack->len - (at - stack->start) >= sizeof(*word)) {
            memcpy(word, stack->bytes + (at - stack->start), sizeof(*word));
            return 0;
        }
        walk->is_cut = true;
        return -UNW_EINVAL;
    }
    if (walk->source->read(walk->source->context, at, word, sizeof(*word)))
        return 0;
    walk->is_cut |= at >= stack->start + stack->len;
    return -UNW_EINVAL;
}

static int access_reg(unw_addr_space_t space, unw_regnum_t reg, unw_word_t *value, int is_write,
                      void *context)
{
    const struct walk *walk = context;

    (void)space;
    if (is_write || reg < 0 || reg >= STACK_REGISTERS)
        return -UNW_EBADREG;
    *value = walk->stack->registers[reg]; /* libunwind counts x86-64's registers as DWARF does */
    return 0;
}

static int access_fpreg(unw_addr_space_t space, unw_regnum_t reg, unw_fpreg_t *value, int is_write,
                        void *context)
{
    (void)space, (void)reg, (void)value, (void)is_write, (void)context;
    return -UNW_EBADREG;
}

static int resume(unw_addr_space_t space, unw_cursor_t *cursor, void *context)
{
    (void)space, (void)cursor, (void)context;
    return -UNW_EINVAL;
}

static int get_proc_name(unw_addr_space_t space, unw_word_t ip, char *name, size_t len,
                         unw_word_t *offset, void *context)
{
    (void)space, (void)ip, (void)name, (void)len, (void)offset, (void)context;
    return -UNW_ENOINFO;
}

static unw_accessors_t accessors = {
    .find_proc_info = find_proc_info,
    .put_unwind_info = put_unwind_info,
    .get_dyn_info_list_addr = get_dyn_info_list,
    .access_mem = access_mem,
    .access_reg = access_reg,
    .access_fpreg = access_fpreg,
    .resume = resume,
    .get_proc_name = get_proc_name,
};

struct stack_unwinder *stack_unwinder_new(void)
{
    struct stack_unwinder *unwinder = calloc(1, sizeof(*unwinder));

    if (!unwinder)
        return NULL;
    unwinder->space = unw_create_addr_space(&accessors, 0);
    if (!unwinder->space) {
        free(unwinder);
        return NULL;
    }
    return unwinder;
}

void stack_unwinder_free(struct stack_unwinder *unwinder)
{
    if (!unwinder)
        return;
    unw_destroy_addr_space(unwinder->space);
    free(unwinder);
}

size_t stack_unwind(struct stack_unwinder *unwinder, const struct eh_source *source,
                    const struct stack_copy *stack, uint64_t *ips, size_t max, enum stack_end *end)
{
    struct walk walk = {.source = source, .stack = stack};
    unw_cursor_t cursor;
    unw_word_t ip;
    size_t count = 0;
    int more;

    ips[count++] = stack->registers[STACK_REGISTERS - 1];
    *end = STACK_BROKEN;
    if (unw_init_remote(&cursor, unwinder->space, &walk) != 0)
        return count;
    while (*end = STACK_CUT, count < max) {
        bool is_interrupted = unw_is_signal_frame(&cursor) > 0;

        more = unw_step(&cursor);
        if (more <= 0 || unw_get_reg(&cursor, UNW_REG_IP, &ip) != 0 || ip == 0) {
            *end = more >= 0 ? STACK_COMPLETE : walk.is_cut ? STACK_CUT : STACK_BROKEN;
            break;
        }
        ips[count++] = ip - !is_interrupted;
    }
    return count;
}

#else

struct stack_unwinder *stack_unwinder_new(void)
{
    return NULL;
}

void stack_unwinder_free(struct stack_unwinder *unwinder)
{
    (void)unwinder;
}

size_t stack_unwind(struct stack_unwinder *unwinder, const struct eh_source *source,
                    const struct stack_copy *stack, uint64_t *ips, size_t max, enum stack_end *end)
{
    (void)unwinder, (void)source, (void)max;
    ips[0] = stack->registers[STACK_REGISTERS - 1];
    *end = STACK_BROKEN;
    return 1;
}

#endif
