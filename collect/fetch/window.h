/*
 * window.h - points in time of --from and --to, in milliseconds since 1970 (UTC).
 *
 *     now   now-7d   now-90m        units s, m, h, d, w
 *     2026-11-20   2026-11-20T10:00:00Z   2026-11-20T10:00:00+02:00      (RFC 3339; a date is 0:00
 * UTC) 1795161600                    seconds since 1970
 */
#ifndef COLLECT_FETCH_WINDOW_H
#define COLLECT_FETCH_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

/* ERR_USAGE; `name` is the option's. */
MUST_CHECK bool window_parse(const char *name, const char *text, int64_t now_ms, int64_t *time_ms,
                             struct err *err);

/* Appends RFC 3339 in UTC; milliseconds only if there are any. */
void window_format(int64_t time_ms, struct strbuf *out);

#endif
