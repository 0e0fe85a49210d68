/*
 * fold_calls.h - branches to the starts of functions, folded into the function-sample tree.
 *
 * The line, or the probe, of its call site has it as a call target, with the function's linkage
 * name. By line each also adds to the head count of the function that it enters; by probe the head
 * is the count of the entry probe (fold_probes.h), as llvm-profgen has it. Targets are as they were
 * seen: a record has a branch more than it has ranges, so a line may count a little less than its
 * targets.
 */
#ifndef PGO_CONVERT_FOLD_CALLS_H
#define PGO_CONVERT_FOLD_CALLS_H

#include "binaries.h"
#include "profile/sampleprof.h"

/*
 * The line of the call instruction that starts at vaddr, of the kind that the tree is keyed by;
 * NULL if it has none.
 */
struct sampleprof_line *fold_call_site(struct sampleprof *tree, const struct binary *binary,
                                       uint64_t vaddr);

/* After the counts of the binary's addresses. */
void fold_calls(struct sampleprof *tree, const struct binary *binary);

#endif
