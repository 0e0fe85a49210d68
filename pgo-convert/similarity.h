/*
 * similarity.h - how far two records of one function are apart, and how far chance would put them.
 *
 * Both are distributions over the function's sites (line or probe, with the inlined calls that
 * lead there). `distance` is half the sum of what the shares differ by: 0 the same, 1 nothing in
 * common. `noise` is what would be expected of it if both came from the same truth and the samples
 * fell on the sites independently:
 *
 *     noise = 0.4 Σ √(p (1/a + 1/b))        p: mean share of the site; a, b: numbers of samples
 *
 * since a share has the variance p/a, and the mean of |x| is 0.8 σ. A number of samples that is not
 * known counts as infinite: chance then explains less.
 */
#ifndef PGO_CONVERT_SIMILARITY_H
#define PGO_CONVERT_SIMILARITY_H

#include <stdbool.h>

#include "profile/sampleprof.h"

struct similarity {
    double distance, noise;
    bool is_same_graph; /* no checksum differs, of the function or of an inlined copy */
};

/* Adds a site that has the shares p and q; inverse_samples is 1/a + 1/b. */
void similarity_add_site(struct similarity *similarity, double p, double q, double inverse_samples);

/* Of two functions of finished trees. */
struct similarity similarity_of(const struct sampleprof_function *a,
                                const struct sampleprof_function *b);

#endif
