/*
 * page.h - a web page that needs nothing else: its parts put together, and texts that are safe in
 * it.
 *
 * A page is HTML with two marks, @STYLE@ and @PROGRAM@, for its style and its program, and between
 * them @DATA@, in a <script type="application/json">, for JSON that the caller appends between
 * page_open() and page_close(). The parts are files of a tool, made bytes of the program by
 * lib/base/page_embed.cmake; no NUL stands at their end.
 *
 * What comes from outside stays text: of <, >, & and what JavaScript takes for an end of line
 * nothing remains as it was.
 */
#ifndef BASE_PAGE_H
#define BASE_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

struct page {
    const char *html, *css, *js;
    size_t html_bytes, css_bytes, js_bytes;
};

/* `text`: what stands at the mark @TEXT@, for whom scripts do not run; NULL: there is none. */
void page_open(const struct page *page, const char *text, struct strbuf *out);
void page_close(const struct page *page, struct strbuf *out);

/*
 * A JSON string in quotes, of any bytes: what is not UTF-8 becomes U+FFFD, a control character its
 * picture (U+2400...), and what turns the direction of writing, which could make a name look like
 * another one, U+FFFD as well.
 */
void page_add_text(struct strbuf *out, const char *text);

/* JSON as it is, but for what could end the script that it stands in. */
void page_add_json(struct strbuf *out, const char *json, size_t len);

/* Can the file be read, and does it start as a page does? */
bool page_is_page(const char *path);

/*
 * May a page be written there? The name may be a slip, such as that of a profile: of regular files
 * only a page is replaced, else ERR_IO.
 */
MUST_CHECK bool page_check_target(const char *path, struct err *err);

#endif
