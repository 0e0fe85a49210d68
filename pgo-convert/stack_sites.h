/*
 * stack_sites.h - what each location of a profile is on a stack: a place that calls, a function
 * that is called.
 *
 * Looked up once for each location, not for each frame: a recording has many more frames. A caller
 * must stand within a call instruction. That is asked of the code before pairs of locations are
 * counted: stacks of nonsense have millions of different pairs, real ones no more than the program
 * has calls.
 *
 * Life cycle: stack_sites_find(), free() the array. Addresses are `vaddr`.
 */
#ifndef PGO_CONVERT_STACK_SITES_H
#define PGO_CONVERT_STACK_SITES_H

#include <stdbool.h>
#include <stdint.h>

#include "binaries.h"
#include "profile/profile.h"

#define STACK_SITE_NO_ENTRY UINT64_MAX

struct stack_site {
    struct binary *binary; /* NULL: none, or one without debug information */
    uint64_t vaddr;
    uint64_t entry_vaddr; /* of the function that vaddr lies in, or STACK_SITE_NO_ENTRY */
    bool is_call;         /* some stack has it as a caller, and there is a call instruction */
};

/* One for each location; `binaries` are by mapping, NULL for one that was not found. */
struct stack_site *stack_sites_find(const struct profile *profile, struct binary *const *binaries);

#endif
