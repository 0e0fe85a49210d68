/*
 * note.h - the note in a program that names the profile it was built with.
 *
 * Each link by clang gets one small object file for each profile that its compiles used. It has no
 * code and no symbol, only an ELF note, which is loaded with the program and so survives strip
 * (docs/formats.md): section .note.pgo, owner "pgo-build", type 1, and as content text,
 *
 *     profile src/default.pgo
 *     content 3f2a...               content_name() of the file, of a text without its comments
 *     by line
 *     recorded 24600 samples from 2026-11-20T10:00:00Z to 2026-11-20T10:05:00Z
 *
 * Nothing in it depends on the machine or the moment. Comments are left out of `content` because
 * they are no counts: a refresh that keeps all of them rebuilds nothing, and the program is still
 * that of the profile.
 *
 * A linker takes the features of the processor that all of its inputs agree to (branch targets,
 * shadow stacks) for the program: the object agrees to all that there are.
 * Source of the format: System V ABI, gABI chapter 4 and 5; Linux Extensions to gABI
 * (.note.gnu.property).
 */
#ifndef PGO_BUILD_NOTE_H
#define PGO_BUILD_NOTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "profile.h"

#define NOTE_OWNER "pgo-build"
enum { NOTE_PROFILE = 1 };

/* The note's text. `root`: of the project; a profile outside of it gives its base name alone. */
void note_format(const struct profile *profile, const char *root, struct strbuf *out);

/* What the text says; strings point into it, "" where it says nothing. It is cut in place. */
struct note {
    const char *profile, *content, *by, *recorded;
};
void note_parse(char *text, struct note *note);

/* The object file for a machine of compiler_machine(); false: there is none for it. */
bool note_object(const char *machine, const struct strbuf *text, struct strbuf *out);

/*
 * Puts the object files of all machines into the cache, if they are not there:
 * notes/CONTENT/MACHINE.o. Returns the folder; NULL on failure.
 */
char *note_keep(const struct profile *profile, const char *root, const char *cache,
                struct err *err);

#endif
