/*
 * noreturn.h - calls that never return: abort(), __assert_fail(), __cxa_throw() and their like.
 *
 * Nothing in a binary says which functions do not return, so the C and C++ runtimes' are known by
 * name. A call finds its name by the symbol at its target, or, where the target is a stub of the
 * procedure linkage table, by the relocation of the slot that the stub jumps through.
 * Life cycle: noreturn_open() on an image, which must outlive it; noreturn_close().
 * Source of the format: System V ABI, x86-64 and AArch64 supplements (PLT, R_*_JUMP_SLOT).
 */
#ifndef BINARY_NORETURN_H
#define BINARY_NORETURN_H

#include <stdbool.h>
#include <stdint.h>

#include "binary/image.h"

struct noreturn;

struct noreturn *noreturn_open(const struct image *image);
void noreturn_close(struct noreturn *noreturn); /* NULL is fine */

/* Does a direct call of target_vaddr never return? */
bool noreturn_check(const struct noreturn *noreturn, uint64_t target_vaddr);

/* The same for a call through the pointer at slot_vaddr, as -fno-plt makes it. */
bool noreturn_check_slot(const struct noreturn *noreturn, uint64_t slot_vaddr);

#endif
