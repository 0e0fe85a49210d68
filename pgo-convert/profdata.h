/*
 * profdata.h - LLVM's binary sample profiles, by the newest llvm-profdata on PATH.
 *
 * What the newest one writes, the clangs we support read. Errors: ERR_NOT_FOUND if there is none
 * on PATH, ERR_IO with its own words if it failed.
 */
#ifndef PGO_CONVERT_PROFDATA_H
#define PGO_CONVERT_PROFDATA_H

#include "base/err.h"
#include "base/strbuf.h"

enum profdata_form {
    PROFDATA_TEXT,
    PROFDATA_EXTBINARY,
};

/* Appends `profile`, in whichever form, to `out` in that form. */
MUST_CHECK bool profdata_convert(const struct strbuf *profile, enum profdata_form form,
                                 struct strbuf *out, struct err *err);

#endif
