/*
 * ranges.h - from ranges that ran in a row (branches.h) to how often each instruction ran.
 *
 * Exact as far as the records are: nothing is estimated. Addresses are `vaddr`.
 */
#ifndef PGO_CONVERT_RANGES_H
#define PGO_CONVERT_RANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "binary/image.h"
#include "branches.h"
#include "counts.h"
#include "report.h"

/*
 * Appends the count of each instruction of each function that has a range: also 0, since a
 * function whose ranges were recorded and that never went this way is known not to. (llvm-profgen
 * and create_llvm_prof say so, too. In a function of few ranges it matters little: all of it is
 * cold.)
 *
 * Bogus is a range that runs backwards, is not within one function, passes a jump that is always
 * taken, or does not begin and end with an instruction. A jump within a function to its own start
 * enters nothing, unless it is a call: its count becomes 0 in `jumps`. Both lists are sorted.
 * ERR_UNSUPPORTED for a machine that blocks.h does not know.
 */
MUST_CHECK bool ranges_count(const struct image *image, const struct branches_pair *ranges,
                             size_t range_count, struct branches_pair *jumps, size_t jump_count,
                             struct counts *counts, struct report_ranges *report, struct err *err);

#endif
