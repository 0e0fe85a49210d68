/*
 * flow.h - counts of blocks that obey the control-flow graph, from noisy samples of time.
 *
 * What enters a block leaves it. So an unsampled block between sampled ones has a count, and
 * blocks that must run equally often correct each other's noise. The counts are the flow, not
 * negative and conserved, that explains the samples best: least squares of the logarithm of
 * samples over (count * cost), each block weighted by how far its samples can be believed - the
 * noise of counting, and the error of the cost model, which is a factor.
 */
#ifndef PGO_CONVERT_FLOW_H
#define PGO_CONVERT_FLOW_H

#include "binary/blocks.h"

/* Arrays by block: samples and cost in, count (samples a unit of cost) out. */
void flow_estimate(const struct blocks *blocks, const double *samples, const double *costs,
                   double *counts);

#endif
