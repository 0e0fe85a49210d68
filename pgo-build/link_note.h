/*
 * link_note.h - which profiles went into a link, for the notes in the program (note.h).
 *
 * A compile and link in one step has the profile of its compile. A link of objects has those that
 * its objects were made with, which is known of each that a launcher has written (objects.h);
 * archives and libraries are not looked into. Where no object is known, it is the profile that a
 * source beside the result would get.
 *
 * There is none where an object of ours could do harm: -r, -nostdlib, a linker script or layout of
 * the user's own, and machines that note.h has no object for.
 */
#ifndef PGO_BUILD_LINK_NOTE_H
#define PGO_BUILD_LINK_NOTE_H

#include "arguments.h"
#include "compiler.h"
#include "inject.h"
#include "session.h"

enum { LINK_NOTE_MAX = 8 }; /* more profiles than that are not named */

struct link_notes {
    char *paths[LINK_NOTE_MAX]; /* of object files */
    size_t count;
};

/* `profile`: of the compile, if this is one; NULL: it took none. */
void link_notes_find(struct link_notes *notes, const struct arguments *arguments,
                     const struct compiler *compiler, const struct session *session,
                     const char *state, const struct selection_profile *profile);
void link_notes_release(struct link_notes *notes);

#endif
