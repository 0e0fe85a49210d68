/*
 * session.h - what a running pgo-build tells its launchers: the file and the lock.
 *
 * A project has one state folder in the cache:
 *
 *     projects/NAME/bin/       pgo-launch under every compiler's name; first on PATH
 *     projects/NAME/session    this file (records, see record.h; the first names the version)
 *     projects/NAME/lock       held (shared) by every pgo-build that runs here
 *     projects/NAME/log        what each compile got, of the sessions that run now
 *     projects/NAME/objects    what each object was made with (objects.h)
 *     projects/NAME/compilers  what is known of each compiler (compiler.h)
 *
 * The lock says that the session is live. Without one the launcher is a plain pass-through. It is
 * an open-file-description lock, so it goes away with the process however that ends.
 */
#ifndef PGO_BUILD_SESSION_H
#define PGO_BUILD_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "selection.h"

/* In the environment of everything that runs below a pgo-build: its state folder. */
#define SESSION_VARIABLE "PGO_BUILD_SESSION"

/* A name that stands in bin/, and the program that it means: "cc" -> "/usr/bin/clang-22". */
struct session_tool {
    const char *name, *path;
};

struct session {
    struct arena arena; /* owns every string here after session_parse() */
    struct session_tool *tools;
    size_t tool_count, tool_capacity;
    struct selection selection; /* its root is the project's */
};

/*
 * In front of a name: the cache that stands under this name on PATH before the compiler does
 * (/usr/lib/ccache/gcc), so that what the user has set up goes on to work.
 */
#define SESSION_MASKED "cache of "

/* The program behind a name that stands in bin/, or NULL. */
const char *session_tool(const struct session *session, const char *name);
void session_add_tool(struct session *session, const char *name, const char *path);

/* Text and back: parse(format(session)) is the same session. */
void session_format(const struct session *session, struct strbuf *out);
MUST_CHECK bool session_parse(struct session *session, char *text, struct err *err);
MUST_CHECK bool session_read(struct session *session, const char *state, struct err *err);
void session_release(struct session *session);

/*
 * Is the session that runs in the state folder this one? Then it gets the indexes of that one: a
 * function that has moved since (moved.h) would give it other ones, which the launchers that run
 * do not have. false: it is another one, or cannot be read.
 */
MUST_CHECK bool session_join(struct session *session, const char *state);

enum session_lock_kind { SESSION_ALONE, SESSION_SHARED };

/*
 * Opens the lock of the state folder: alone if nobody else runs here, else shared, after those
 * who are still starting. Returns the descriptor to keep open, or -1.
 */
int session_lock(const char *state, enum session_lock_kind *kind, struct err *err);
MUST_CHECK bool session_share(int lock, const char *state, struct err *err); /* alone -> shared */
bool session_is_live(const char *state); /* is there a pgo-build that holds it? */

#endif
