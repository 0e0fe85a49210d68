/*
 * fold_probes.h - counts of addresses folded into a probe-based function-sample tree.
 *
 * A probe's count is that of the instruction behind it; copies of one probe (unrolled loops,
 * duplicated tails) add up. A probe without a counted instruction is left out: unknown.
 * Where the numbers mean what they mean: LLVM, ProfileGenerator.cpp of llvm-profgen.
 */
#ifndef PGO_CONVERT_FOLD_PROBES_H
#define PGO_CONVERT_FOLD_PROBES_H

#include "binary/probes.h"
#include "counts.h"
#include "profile/sampleprof.h"

/* The counts are sorted. Head counts are those of functions' entry probes. */
void fold_probes(struct sampleprof *tree, const struct probes *probes, const struct counts *counts);

/* The longest call instruction, with a prefix and an address of 4 bytes. */
#define MAX_CALL_BYTES 8

/* The line of the call whose instruction holds vaddr; NULL if there is no probe of it. */
struct sampleprof_line *fold_find_call_probe(struct sampleprof *tree, const struct probes *probes,
                                             uint64_t vaddr);

#endif
