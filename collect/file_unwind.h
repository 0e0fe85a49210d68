/*
 * file_unwind.h - stacks of other processes, from registers and a copy of the stack, by the unwind
 * tables of the files that are mapped there.
 *
 * Life cycle: file_unwinder_new(), file_unwind() for each sample, file_unwinder_free(). Files are
 * those of `binaries`, which must outlive it. One that is not found or has no .eh_frame_hdr ends a
 * stack there. The vdso is that of this process, if it is the same.
 */
#ifndef COLLECT_FILE_UNWIND_H
#define COLLECT_FILE_UNWIND_H

#include <stddef.h>
#include <stdint.h>

#include "binaries.h"
#include "profile/address_space.h"
#include "profile/perf_record.h"

#define FILE_UNWIND_MAX_FRAMES 127 /* as many as the kernel walks by frame pointers */

/* PERF_REG_X86_* that a sample must have: ax to ip, r8 to r15. 0: not on this machine. */
uint64_t file_unwind_registers(void);

struct file_unwinder;

struct file_unwinder *file_unwinder_new(struct binaries *binaries);
void file_unwinder_free(struct file_unwinder *unwinder); /* NULL is fine */

/*
 * A sample with registers and stack. Ips as in stack_unwind.h: the leaf's first; up to
 * FILE_UNWIND_MAX_FRAMES. The leaf alone where it has not all of file_unwind_registers().
 */
size_t file_unwind(struct file_unwinder *unwinder, const struct address_spaces *spaces,
                   const struct perf_record *record, uint64_t *ips);

#endif
