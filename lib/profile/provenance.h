/*
 * provenance.h - where a profile comes from: how many samples, of when, of which binaries.
 *
 * It stands in comments at the head of LLVM's text form, which LLVM skips (docs/formats.md):
 *
 *     #!pgo recorded 24600 samples from 2026-11-20T10:00:00Z to 2026-11-20T10:05:00Z
 *     #!pgo binary 3f2a9c app
 *
 * All of it is from the inputs, nothing from the clock, so that the same inputs give the same
 * bytes. What is not known has no line. `struct provenance p = {0};` is an empty one;
 * provenance_release() frees it.
 */
#ifndef PROFILE_PROVENANCE_H
#define PROFILE_PROVENANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/strbuf.h"

struct provenance_binary {
    const char *build_id; /* lower-case hexadecimal */
    const char *name;     /* without its folder; of several the first in byte order */
};

struct provenance {
    struct arena arena;
    uint64_t samples; /* of recordings, that the counts were made of; 0: not known */
    /* The first recording's start and the last one's end, in seconds since 1970 (UTC); both 0: not
     * known. Written with samples only. */
    int64_t start_s, end_s;
    struct provenance_binary *binaries; /* sorted by build id, each once */
    size_t binary_count, binary_capacity;
};

/* Widens the time; a start of 0 or before says nothing. */
void provenance_add_time(struct provenance *provenance, int64_t start_s, int64_t end_s);

/*
 * A build id that is none (empty, not hexadecimal) says nothing. The " (deleted)" that Linux adds
 * to the name of a file that was replaced while it ran is left out.
 */
void provenance_add_binary(struct provenance *provenance, const char *build_id, const char *name);

/* Adds all that `from` knows. */
void provenance_merge(struct provenance *provenance, const struct provenance *from);

/* Is there anything to write? */
bool provenance_is_known(const struct provenance *provenance);

/* Appends "24600 samples from START to END", as far as it is known. */
void provenance_describe(const struct provenance *provenance, struct strbuf *out);

/* Appends the lines. */
void provenance_write(const struct provenance *provenance, struct strbuf *out);

/*
 * Takes what follows "#!pgo " in a line of the head; false if it is of another kind, or no line
 * of ours could look so (then nothing is taken: a newer version may write more).
 */
bool provenance_take(struct provenance *provenance, const char *note);

/* Takes the head of a text profile: the comments before the first record. */
void provenance_read(struct provenance *provenance, const char *text);

void provenance_release(struct provenance *provenance);

/* "2026-11-20T10:00:00Z", as in the lines above. */
enum { PROVENANCE_TIME_BYTES = 32 };
void provenance_format_time(int64_t time_s, char text[PROVENANCE_TIME_BYTES]);

#endif
