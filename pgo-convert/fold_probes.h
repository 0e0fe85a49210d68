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

/*
 * The line of the call whose probe lies at vaddr, where its instruction starts; NULL if none does.
 */
struct sampleprof_line *fold_find_call_probe(struct sampleprof *tree, const struct probes *probes,
                                             uint64_t vaddr);

#endif
