/*
 * err.h - what went wrong, for the person who can mend it.
 *
 * A function that can fail takes a `struct err *` last and returns false or NULL; its outputs are
 * then untouched. The caller provides the storage, zeroed, and may pass one err through many
 * calls: it is written only on failure. Whoever knows more prepends it on the way up, so that the
 * finished message reads from the outside in: "file: what, where, found, expected".
 *
 *     return err_set(err, ERR_FORMAT, "string table: index %u of %u", index, count);
 *     ...
 *     return err_prepend(err, "%s: ", path);
 *
 * No memory is owned; long messages are cut. Control characters from input are replaced by '?'.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#include "base/compiler.h"

enum err_kind {
    ERR_NONE,
    ERR_USAGE,       /* the command line is wrong */
    ERR_IO,          /* the system refused: errno's text is in the message */
    ERR_FORMAT,      /* input is damaged or not what it claims to be */
    ERR_LIMIT,       /* input is larger than a stated bound */
    ERR_MISMATCH,    /* two inputs do not belong together (build ids) */
    ERR_NOT_FOUND,   /* a file, program or section is not there */
    ERR_UNSUPPORTED, /* valid, but not for us */
};

struct err {
    enum err_kind kind;
    char message[1024];
    char hint[512]; /* what to do now; empty if there is nothing to say */
};

/* The three return false, so that a failing function can end with `return err_...;`. */
bool err_set(struct err *err, enum err_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);
bool err_prepend(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);
bool err_hint(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* err_set(ERR_IO) with "PATH: DOING: text of errno"; ENOENT becomes ERR_NOT_FOUND. */
bool err_errno(struct err *err, const char *path, const char *doing);

#endif
