/*
 * branch_text.h - branch records as text, already added up: two forms.
 *
 * What create_llvm_prof reads with --profiler=text (google/autofdo, sample_reader.cc): ranges,
 * sampled addresses, branches. Addresses count from the binary's first segment.
 * What llvm-profgen writes with --skip-symbolization and reads with --unsymbolized-profile (LLVM,
 * llvm/tools/llvm-profgen/PerfReader.cpp): ranges, branches; for a context-sensitive profile a
 * line "[context]" before each two, which is passed over. Addresses count from the binary's first
 * executable segment.
 *
 *     number of lines that follow       decimal
 *     FIRST-LAST:COUNT                  a range: hexadecimal, both ran; the count is decimal
 *     number | ADDRESS:COUNT            the first form alone
 *     number | FROM->TO:COUNT           a branch
 *
 * Spaces at the start of a line do not count. Nothing says which binary it is: it takes the one
 * of --binary.
 */
#ifndef PGO_CONVERT_BRANCH_TEXT_H
#define PGO_CONVERT_BRANCH_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "binaries.h"
#include "report.h"

/* Does the content begin as one of the two? */
bool branch_text_is(const char *text, size_t len);

/*
 * Into binary->branches of the only binary, or without any range into its samples of time.
 * ERR_FORMAT names the line; ERR_USAGE if there is not exactly one binary.
 */
MUST_CHECK bool branch_text_read(const char *text, size_t len, uint64_t weight,
                                 struct binaries *binaries, struct report *report, struct err *err);

#endif
