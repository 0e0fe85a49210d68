/*
 * http_index.h - the page that a person sees at /debug/pprof/: self-contained HTML.
 */
#ifndef LIBPGOCOLLECT_HTTP_INDEX_H
#define LIBPGOCOLLECT_HTTP_INDEX_H

#include "base/strbuf.h"
#include "http_request.h"

/* `host`: how the reader named this server, for the commands that are shown; may be empty. */
void http_index_write(const char *program, struct http_slice host, struct strbuf *out);

#endif
