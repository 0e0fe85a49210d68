#include "callers.h"

#include <link.h>
#include <stdbool.h>
#include <unwind.h>

static uintptr_t unwinder_start, unwinder_end; /* [start, end) of the unwinder's own code */

static int find_unwinder(struct dl_phdr_info *info, size_t size, void *data)
{
    uintptr_t wanted = (uintptr_t)_Unwind_Backtrace;

    (void)size;
    (void)data;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        uintptr_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        uintptr_t end = start + info->dlpi_phdr[i].p_memsz;

        if (info->dlpi_phdr[i].p_type != PT_LOAD || wanted < start || wanted >= end)
            continue;
        unwinder_start = start;
        unwinder_end = end;
        return 1;
    }
    return 0;
}

void callers_open(void)
{
    dl_iterate_phdr(find_unwinder, NULL);
}

struct walk {
    uintptr_t return_ip;
    uintptr_t *ips;
    size_t count, max;
    bool is_outside; /* of our own frames */
};

static _Unwind_Reason_Code add_frame(struct _Unwind_Context *context, void *data)
{
    struct walk *walk = data;
    int is_exact = 0;
    uintptr_t ip = _Unwind_GetIPInfo(context, &is_exact);

    walk->is_outside = walk->is_outside || ip == walk->return_ip;
    if (!walk->is_outside)
        return _URC_NO_REASON;
    if (!ip || walk->count == walk->max)
        return _URC_END_OF_STACK;
    walk->ips[walk->count++] = ip - !is_exact;
    return _URC_NO_REASON;
}

size_t callers_walk(uintptr_t return_ip, uintptr_t *ips, size_t max)
{
    struct walk walk = {.return_ip = return_ip, .ips = ips, .max = max};

    /* The unwinder allocates while it holds a lock, when it first meets code of a JIT. */
    if (return_ip < unwinder_start || return_ip >= unwinder_end)
        _Unwind_Backtrace(add_frame, &walk);
    if (!walk.count)
        ips[walk.count++] = return_ip - 1;
    return walk.count;
}
