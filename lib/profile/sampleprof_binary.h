/*
 * sampleprof_binary.h - functions of a tree as LLVM's extensible binary sample profile: what clang
 * reads, and fast.
 *
 * The summary stands in the file and is taken from there, never computed by the reader: a part of
 * a profile that comes with the summary of the whole makes the compiler call the same counts hot.
 * LLVM's older, "raw" binary form would do for profiles by line; it has no place for the checksums
 * of profiles by probe. No section is compressed: a part is small, and the reader then needs no
 * zlib. A file without any function is valid, and says by line or by probe all the same.
 *
 * The same functions, in the same order, and the same summary give the same bytes.
 * Source of the format: LLVM, SampleProf.h (sections, flags), SampleProfReader.cpp, version 103.
 */
#ifndef PROFILE_SAMPLEPROF_BINARY_H
#define PROFILE_SAMPLEPROF_BINARY_H

#include "base/strbuf.h"
#include "profile/sampleprof.h"
#include "profile/sampleprof_summary.h"

/* Appends. The functions are of the tree, which is finished; no two have the same name. */
void sampleprof_write_binary(const struct sampleprof *tree,
                             const struct sampleprof_function *const *functions, size_t count,
                             const struct sampleprof_summary *summary, struct strbuf *out);

#endif
