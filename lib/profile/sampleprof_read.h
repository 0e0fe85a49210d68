/*
 * sampleprof_read.h - LLVM's sample profiles as input: which form it is, and the text form read.
 *
 * The tree that is returned is finished and the caller's to sampleprof_free(). It holds what
 * LLVM's own reader would use, and of comments those that start with `#!pgo` (docs/formats.md).
 * Totals are computed anew, as the sum of all counts; attributes and types of virtual tables are
 * passed over. Names are made canonical, so that copies of one function add up.
 *
 * An error names the line, what was found and what was expected. ERR_UNSUPPORTED, with a hint: a
 * context-sensitive profile, discriminators of flow-sensitive AutoFDO, names replaced by hashes.
 * Source of the format: LLVM, llvm/include/llvm/ProfileData/SampleProfReader.h (text form) and
 * SampleProf.h (magic number of the binary forms).
 */
#ifndef PROFILE_SAMPLEPROF_READ_H
#define PROFILE_SAMPLEPROF_READ_H

#include "base/err.h"
#include "profile/sampleprof.h"

enum sampleprof_form {
    SAMPLEPROF_NONE, /* no sample profile of LLVM's */
    SAMPLEPROF_TEXT,
    SAMPLEPROF_BINARY, /* raw or extensible: llvm-profdata makes text of it */
};

/* By content: the magic number, or a first line that looks like NAME:TOTAL:HEAD. */
enum sampleprof_form sampleprof_form_of(const void *data, size_t len);

/* False: the text says where it comes from, as ours does, and lacks the mark at its end. */
MUST_CHECK bool sampleprof_check_end(const struct provenance *provenance, const char *text,
                                     size_t len, struct err *err);

MUST_CHECK struct sampleprof *sampleprof_read_text(const char *text, size_t len, struct err *err);

#endif
