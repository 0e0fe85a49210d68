/*
 * binaries.h - which executable on this machine a mapping of a profile belongs to.
 *
 * The build id decides. Candidates are, in this order: the files of --binary, the path in the
 * profile, a file of the same name in the current folder, and what the debug folders and servers
 * have (debug_file.h). A mapping without a build id takes the file of --binary that has the same
 * name, or one without build id whose code is just as large; else the path in the profile, or the
 * file of that name here, if its code is just as large. The size alone may mislead, so that the
 * user is told. A binary without debug information takes it from a separate file, found in the same
 * way. Life cycle: `struct binaries binaries = {.places = ...};`, binaries_open(), binaries_find()
 * for each mapping, binaries_close().
 */
#ifndef PGO_CONVERT_BINARIES_H
#define PGO_CONVERT_BINARIES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "binary/debug_file.h"
#include "binary/image.h"
#include "binary/probes.h"
#include "binary/symbolizer.h"
#include "branches.h"
#include "counts.h"
#include "profile/profile.h"

struct binary {
    struct image *image;
    struct symbolizer *symbolizer; /* NULL: no debug information */
    struct probes *probes;         /* NULL: none, or not read yet (convert.c) */
    struct counts samples;         /* filled by whoever reads a profile */
    struct branches branches;      /* the same: of branch records */
    struct branches_table stacks;  /* the same: call site → start of the function called */
    struct counts executions;      /* exact counts of instructions, by executions_find() */
    struct branches_pair *calls;   /* the same: branches to the starts of functions, sorted */
    size_t call_count;
    char *taken_for; /* the mapping's name, if nothing but the size tells */
    bool is_named;   /* by --binary */
    bool is_used;    /* some mapping is of this binary */
};

/* A mapping that was looked for: what binaries_check() tells the user of. */
struct wanted {
    char *name, *build_id; /* heap; the name without its folder */
};

struct binaries {
    struct debug_places places; /* set by the caller */
    struct strbuf missing;      /* what to do about the first thing that was not found */
    struct binary **items;
    size_t count, capacity;
    struct wanted *wanted;
    size_t wanted_count, wanted_capacity;
};

/* Opens the files of --binary; each must be readable and have debug information. */
MUST_CHECK bool binaries_open(struct binaries *binaries, const char *const *paths, size_t count,
                              struct err *err);
void binaries_close(struct binaries *binaries);

/*
 * NULL: not found. Opens the file when it is first needed. Code of the system (image_is_system())
 * is looked for among the files of --binary alone: its counts would be of no use to a build, and
 * they would move the limits of what is hot.
 */
struct binary *binaries_find(struct binaries *binaries, const struct profile_mapping *mapping);

/* Where the ip of a mapping of this binary is; false: outside of what the file has in memory. */
bool binaries_find_vaddr(const struct binary *binary, const struct profile_mapping *mapping,
                         uint64_t ip, uint64_t *vaddr);

/* Says in the hint what was not found, and where it was looked for, if anything. False. */
bool binaries_hint(const struct binaries *binaries, struct err *err);

/* To the user: split debug information that is missing. */
void binaries_say(const struct binaries *binaries);

/*
 * After all mappings of all profiles were looked for: is every --binary one that a profile is of?
 * If not, the error has both build ids.
 */
MUST_CHECK bool binaries_check(const struct binaries *binaries, struct err *err);

#endif
