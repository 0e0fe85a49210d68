/*
 * go_text.h - results in the format of Go's benchmarks, for benchstat.
 *
 * Format: golang.org/design/14313-benchmark-format. One file holds both builds, told apart by the
 * key `build` in the name, and each run is a line: `benchstat -col /build FILE` compares them.
 * Units as in golang.org/x/benchmarks: ns/op is wall time, then user+sys-ns/op, peak-RSS-bytes.
 */
#ifndef BENCH_GO_TEXT_H
#define BENCH_GO_TEXT_H

#include "base/strbuf.h"
#include "pgo-bench/command.h"
#include "pgo-bench/sample.h"
#include "pgo-bench/suite.h"

/* The benchmark has the name of base's program. */
void go_text_pairs(const struct command *base, const struct pairs *pairs, struct strbuf *out);

void go_text_suite(const struct suite *suite, struct strbuf *out);

#endif
