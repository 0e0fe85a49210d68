/*
 * record.h - facts as text: one a line, fields separated by tabs.
 *
 * The form of every file that pgo-build and its launcher share (session, log, objects,
 * compilers). A tab, a newline, a carriage return and '%' inside a field are written as %XX, so
 * that any path fits; an empty field is allowed. A line is appended with one write, which is why
 * many launchers can share a file.
 */
#ifndef PGO_BUILD_RECORD_H
#define PGO_BUILD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

enum { RECORD_MAX_FIELDS = 16 };

struct record {
    const char *fields[RECORD_MAX_FIELDS]; /* point into the text that was read */
    size_t count;
};

void record_add(struct strbuf *out, const char *field);
void record_add_u64(struct strbuf *out, uint64_t value);
void record_end(struct strbuf *out); /* after at least one field */

/*
 * The next line of *text, which is cut into pieces in place; false at the end. Lines with more
 * fields than fit, and a last line without newline (a writer that died), are passed over.
 */
bool record_next(char **text, struct record *record);

const char *record_field(const struct record *record, size_t index); /* "" beyond the last */
uint64_t record_u64(const struct record *record, size_t index);      /* 0 if it is no number */

/* One write to the end of the file, which is created if need be. */
MUST_CHECK bool record_append(const char *path, const struct strbuf *lines, struct err *err);

#endif
