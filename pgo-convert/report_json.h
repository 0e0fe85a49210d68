/*
 * report_json.h - --report: what became of the inputs, as JSON (docs/formats.md).
 *
 * Keys stand in a fixed order; the same inputs give the same bytes.
 */
#ifndef PGO_CONVERT_REPORT_JSON_H
#define PGO_CONVERT_REPORT_JSON_H

#include "base/err.h"
#include "base/strbuf.h"
#include "profile/sampleprof.h"
#include "report.h"

/* Appends the JSON. The arguments are those of report_say(). */
void report_to_json(const struct report *report, const struct sampleprof *tree,
                    const struct sampleprof_losses *losses, const char *counts_kind,
                    struct strbuf *out);

#endif
