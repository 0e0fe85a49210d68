/*
 * sample_profile.h - a sample profile of LLVM's, in any of its forms, as a tree.
 *
 * Text is read as it is; binary forms become text by llvm-profdata first.
 */
#ifndef PGO_CONVERT_SAMPLE_PROFILE_H
#define PGO_CONVERT_SAMPLE_PROFILE_H

#include "base/err.h"
#include "base/strbuf.h"
#include "profile/sampleprof.h"

/* Reads a file that must be one. The error names it. */
MUST_CHECK struct sampleprof *sample_profile_open(const char *path, struct err *err);

/* The finished tree, the caller's; sampleprof_form_of() is not SAMPLEPROF_NONE. */
MUST_CHECK struct sampleprof *sample_profile_read(const struct strbuf *content, struct err *err);

#endif
