/*
 * profile.h - from the file that the user dropped to the one that clang reads.
 *
 * The kind is told by content: a pprof and a profile by gperftools go through pgo-convert, an LLVM
 * text profile becomes LLVM's extensible binary (clang takes 3.4 s and 615 MB a file for a text of
 * 40 MB, 0.2 s and 120 MB for the same in binary), a binary one is checked and kept. The result
 * lies in profiles/CONTENT/default.prof, so that its path stands for one content: caches may trust
 * it.
 * What was made of what is remembered (a binary that the converter finds today is gone after
 * the build), so each content is converted once for a project.
 *
 * llvm-profdata gives the verdict on LLVM's own forms. Without one, text is used as it is. A text
 * with a compile-unit map is pgo-convert's: that is read and written by ourselves, and kept, since
 * slices are made of it (slices.h).
 */
#ifndef PGO_BUILD_PROFILE_H
#define PGO_BUILD_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/content.h"
#include "base/err.h"
#include "profile/provenance.h"

#define PROFILE_MAX_BYTES ((size_t)2 * 1024 * 1024 * 1024)

enum profile_kind {
    PROFILE_EMPTY,
    PROFILE_TEXT,
    PROFILE_BINARY,
    PROFILE_PPROF,
    PROFILE_GPERFTOOLS,
    PROFILE_INSTRUMENTATION,
    PROFILE_PERF_DATA,
    PROFILE_FOREIGN,
};

enum profile_kind profile_kind(const void *data, size_t len);

struct profile {
    char *source;     /* the user's file, absolute */
    const char *kind; /* "text sample profile" */
    char *path;       /* for clang; NULL: it has no samples */
    uint64_t counts;  /* sum over its functions: what clang reads, not samples of a clock */
    uint64_t functions;
    bool by_probe;                /* else by line */
    struct provenance provenance; /* as far as it tells */
    struct content_name content;  /* of the user's file (profile_text.h) */
    char *note; /* the folder of its notes in the cache (note.h), if it has a path */
    char *text; /* its text form in the cache, if that has a compile-unit map; else NULL */
};

/* The programs that do the work; borrowed. */
struct profile_tools {
    const char *cache, *root;
    const char *state;    /* where to look for what to refresh (latest.h); NULL: nowhere */
    const char *profdata; /* NULL if there is none */
    const char *convert;  /* NULL if there is none */
    bool verbose;         /* show the converter's own report */
};

/* On failure nothing is left behind. */
MUST_CHECK bool profile_prepare(struct profile *profile, const char *source,
                                const struct profile_tools *tools, struct err *err);
void profile_release(struct profile *profile);

#endif
