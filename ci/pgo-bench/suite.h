/*
 * suite.h - two files of results compared: each benchmark that is in both, and all together.
 *
 * The runs of the two are independent samples: their order, and what the machine did meanwhile, is
 * not known. So there is no A/A control, and what changed between the two files besides the build
 * is in the difference. Each benchmark has its shift (log of test / base, by Hodges and Lehmann)
 * with an interval of VERDICT_ERROR, and the rank test of Mann and Whitney, whose p-value is
 * corrected for the number of benchmarks by Holm's procedure:
 *
 *     faster, slower   the corrected p-value is at most VERDICT_ERROR
 *     no measurable difference   else
 *     no verdict       so few runs could not reach VERDICT_ERROR in any case
 *
 * If no benchmark differs in truth, one or more of all are called faster or slower once in 1,000
 * such comparisons. All together: the geometric mean of the changes, with an interval that has
 * the noise of the runs in it, but not the choice of the benchmarks.
 *
 * If each file has one benchmark they are compared whatever they are called. Results are borrowed.
 */
#ifndef BENCH_SUITE_H
#define BENCH_SUITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "pgo-bench/results.h"
#include "pgo-bench/statistics.h"
#include "pgo-bench/verdict.h"

struct suite_row {
    const char *name;
    const struct benchmark *base, *test;
    double base_s, test_s; /* medians */
    struct shift shift;    /* interval infinite: too few runs */
    double p_value, p_holm;
    bool judged; /* false: too few runs; then the verdict is none */
    enum verdict verdict;
};

struct suite {
    const struct results *base, *test;
    struct suite_row *rows; /* in the order of base */
    size_t count;
    const char **only_base, **only_test;
    size_t only_base_count, only_test_count;
    struct shift mean; /* log of the geometric mean of test / base */
    size_t judged;     /* rows */
};

/* ERR_MISMATCH if the files hold other metrics, ERR_NOT_FOUND if no benchmark is in both. */
MUST_CHECK bool suite_compare(const struct results *base, const struct results *test,
                              struct suite *suite, struct err *err);

/* False, ERR_LIMIT, if no benchmark has enough runs for a verdict. */
MUST_CHECK bool suite_check_runs(const struct suite *suite, struct err *err);

void suite_release(struct suite *suite);

/* By the interval of the mean; of one benchmark, its own. */
enum verdict suite_verdict(const struct suite *suite);

/* The first row that is slower by more than this, with confidence; NULL: none. */
const struct suite_row *suite_beyond_gate(const struct suite *suite, double gate_pct);

#endif
