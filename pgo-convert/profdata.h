/*
 * profdata.h - LLVM's binary sample profiles read, by the newest llvm-profdata on PATH.
 *
 * The newest one reads what the others write. Errors: ERR_NOT_FOUND if there is none on PATH,
 * ERR_IO with its own words if it failed.
 */
#ifndef PGO_CONVERT_PROFDATA_H
#define PGO_CONVERT_PROFDATA_H

#include "base/err.h"
#include "base/strbuf.h"

/* Appends `profile`, in whichever form, to `out` as text. */
MUST_CHECK bool profdata_to_text(const struct strbuf *profile, struct strbuf *out, struct err *err);

#endif
