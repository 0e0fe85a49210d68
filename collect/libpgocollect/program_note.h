/*
 * program_note.h - what the notes of the running program say: its build id, and the profile that
 * pgo-build built it with. They are loaded with the program and never change.
 *
 * Source of the format: System V gABI, chapter 5, "Note Section"; docs/formats.md for the note of
 * pgo-build.
 */
#ifndef LIBPGOCOLLECT_PROGRAM_NOTE_H
#define LIBPGOCOLLECT_PROGRAM_NOTE_H

#include "base/strbuf.h"

/* Lower-case hexadecimal digits; nothing is appended if there is no build id. */
void program_note_build_id(struct strbuf *out);

/* "default.pgo 3f2a...": name and content of each profile, apart by ", "; nothing if none. */
void program_note_profile(struct strbuf *out);

#endif
