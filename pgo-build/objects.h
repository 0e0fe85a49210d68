/*
 * objects.h - what each result of a compile was made with, so that a changed profile rebuilds it.
 *
 * make and ninja do not see that the profile changed: its path is not in any dependency file.
 * So the launcher adds a line here for each object (or program, when compiled and linked in one
 * step) that it writes. At the start, the front end works out the key each of them would get
 * now; those that differ get a modification time long ago, and make rebuilds exactly them.
 * Sources are never touched. A result that was written by somebody else since (another
 * modification time than we saw) is treated as differing: nobody knows what it carries.
 */
#ifndef PGO_BUILD_OBJECTS_H
#define PGO_BUILD_OBJECTS_H

#include <stddef.h>
#include <stdint.h>

#include "inject.h"
#include "session.h"
#include "staleness.h"

struct object {
    const char *output, *source; /* absolute */
    const char *asked;           /* the compiler as it was called: a name in bin/, or a path */
    enum inject_verdict verdict;
    unsigned shape;
    const char *key;
    uint64_t mtime_ns; /* of the output, when we had written it; 0: not yet */
    struct staleness staleness;
};

/*
 * Called before the compile: until objects_append() has said what came of it, the output is one
 * that nobody knows and that is made anew. The compiler may outlive a launcher that is killed.
 */
void objects_begin(const char *state, const struct object *object);

/* Called when the output is there. */
void objects_append(const char *state, const struct object *object);

struct objects_count {
    size_t known;     /* results that still exist */
    size_t stale;     /* of these: would be given something else now */
    size_t current;   /* of these: carry the profile that was chosen for them, or none was */
    size_t plain;     /* of the current ones: none was */
    size_t lacking;   /* of these: could not be given one (gcc, a cache outside, no probes) */
    size_t unknown;   /* object files in the scope that no launcher has written */
    size_t passed_by; /* stale or unknown ones that are newer than `since_ns` */
    struct staleness staleness; /* of the current ones, each source once */
};

/*
 * Compares the known results below the folder `scope` with what the session would give them, and
 * those anywhere else that the command has written, which began at `since_ns`: it may have changed
 * its folder, and may have written some past the launcher.
 */
MUST_CHECK bool objects_count(const char *state, const struct session *session, const char *scope,
                              uint64_t since_ns, struct objects_count *count, struct err *err);

/* The same for all of them, and sets the stale ones to be rebuilt; what is gone or doubled leaves
 * the file. */
MUST_CHECK bool objects_refresh(const char *state, const struct session *session,
                                struct objects_count *count, struct err *err);

/* The last line of each output, as it was noted; strings point into the list. */
struct objects_list {
    struct object *items;
    size_t count, capacity;
    struct strbuf text;
};
MUST_CHECK bool objects_list_read(struct objects_list *list, const char *state, struct err *err);
void objects_list_release(struct objects_list *list);
/*
 * Which profile each of the files was made with, NULL: none, or a file that is not known; as the
 * session has them. Returns how many are known. `files` are as the command line has them.
 */
size_t objects_profiles(const char *state, const struct session *session, const char *const *files,
                        size_t count, const struct selection_profile **profiles);

/* The program that runs for a compiler called like that; NULL if there is none. */
const char *objects_compiler(const struct session *session, const char *asked);

bool objects_is_object(const char *path); /* by its name */

/* Sets a file to be rebuilt, and what libtool has made of it. */
void objects_expire(const char *path);
bool objects_is_expired(const char *path); /* and was not written since */

#endif
