/*
 * inputs.h - the profiles of the command line, each read by what its content is.
 *
 * Samples whose binary is here end in that binary (struct binary), still by address; what a
 * profile knows by itself, names and lines, ends in a tree of lines; a sample profile of LLVM's is
 * a part by itself.
 */
#ifndef PGO_CONVERT_INPUTS_H
#define PGO_CONVERT_INPUTS_H

#include "base/err.h"
#include "binaries.h"
#include "options.h"
#include "parts.h"
#include "profile/sampleprof.h"
#include "report.h"

/* Where the readers of all forms put what they read. */
struct inputs {
    const struct convert_options *options;
    struct binaries *binaries;
    struct sampleprof *lines; /* not yet finished */
    struct parts *parts;
    struct report *report;
};

/* Reads all files. The error names the file. */
MUST_CHECK bool inputs_read(struct inputs *inputs, struct err *err);

#endif
