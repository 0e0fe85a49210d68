/*
 * output.h - the finished tree as a file, in the form and to the place the user asked for.
 */
#ifndef PGO_CONVERT_OUTPUT_H
#define PGO_CONVERT_OUTPUT_H

#include "base/err.h"
#include "convert.h"
#include "options.h"

/* Writes, then reports to the user. Nothing is written on failure. */
MUST_CHECK bool output_write(const struct convert_options *options,
                             const struct conversion *conversion, struct err *err);

#endif
