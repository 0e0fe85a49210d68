/*
 * stack_calls.h - from sampled stacks to call targets: which functions a call site calls, how
 * often.
 *
 * A timer sample says nothing of calls, but its stack does: if a third of the samples in f were
 * called from one place, a third of f's entries are taken to come from there. The counts of a call
 * site's targets are then scaled to the count of the site itself. This is how an indirect call gets
 * its targets without branch records. Frames that are missing from a stack make up calls: each is
 * checked against the code before it counts (call_sites.h), and what the code denies is dropped.
 * Addresses are `vaddr`; a site is given by any address within its call instruction.
 */
#ifndef PGO_CONVERT_STACK_CALLS_H
#define PGO_CONVERT_STACK_CALLS_H

#include "binaries.h"
#include "counts.h"
#include "profile/sampleprof.h"
#include "stack_sites.h"

/* Two frames of a stack, one called by the other; adds to binary->stacks. */
void stack_calls_add(const struct stack_site *caller, const struct stack_site *callee,
                     uint64_t weight);

/*
 * Adds the targets to the tree; `counts` are the binary's, estimated, sorted and folded. False for
 * a machine that is not decoded.
 */
MUST_CHECK bool stack_calls_fold(struct sampleprof *tree, const struct binary *binary,
                                 const struct counts *counts, struct err *err);

#endif
