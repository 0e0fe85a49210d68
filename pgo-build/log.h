/*
 * log.h - what each compile got: a line of records each, from the launchers to the report.
 */
#ifndef PGO_BUILD_LOG_H
#define PGO_BUILD_LOG_H

#include "inject.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "staleness.h"

struct log_entry {
    enum inject_verdict verdict;
    int exit_code;
    const char *compiler; /* the path that was run */
    const char *version;  /* of it; empty if unknown */
    const char *source;   /* absolute */
    const char *output;   /* absolute */
    const char *profile;  /* the user's file, or empty: compiled without */
    const char *cache;    /* what it ran through: "ccache", "distcc", ...; or empty */
    bool probes;          /* compiled with pseudo-probes */
    bool sliced;          /* the profile was cut to what the file needs */
    struct staleness staleness;
};

void log_append(const char *state, const struct log_entry *entry); /* failure is not worth a word */

/*
 * The next entry of a log's text, which is cut into pieces in place; the entry's strings point
 * into it. false at the end.
 */
bool log_next(char **text, struct log_entry *entry);

#endif
