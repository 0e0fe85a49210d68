/*
 * convert.h - the stages between the command line and the output.
 *
 * convert() reads all inputs into one finished tree; conversion_release() frees it, also after a
 * failure.
 */
#ifndef PGO_CONVERT_CONVERT_H
#define PGO_CONVERT_CONVERT_H

#include "base/err.h"
#include "options.h"
#include "profile/sampleprof.h"
#include "report.h"

struct conversion {
    struct sampleprof *tree;
    struct report report;
};

MUST_CHECK bool convert(const struct convert_options *options, struct conversion *conversion,
                        struct err *err);
void conversion_release(struct conversion *conversion);

#endif
