/*
 * secrets.h - what must not be shown: tokens and passwords from files and URLs, values of headers.
 *
 * `struct secrets secrets = {0};` is an empty list; secrets_release() wipes it. Texts that come
 * from others (a page of errors may echo what it was sent) go through secrets_hide().
 */
#ifndef COLLECT_FETCH_SECRETS_H
#define COLLECT_FETCH_SECRETS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

struct secrets {
    char **items;
    size_t count, capacity;
};

/* Remembers a copy, and returns it; it lives as long as the list. */
const char *secrets_add(struct secrets *secrets, const char *text);

/*
 * The first line of a file, remembered; NULL on failure. *is_open: others than its owner may read
 * it.
 */
const char *secrets_read(struct secrets *secrets, const char *path, bool *is_open,
                         struct err *err) MUST_CHECK;

/* Replaces each secret in the text. One of less than 4 bytes would hide innocent text: it stays. */
void secrets_hide(const struct secrets *secrets, struct strbuf *text);
void secrets_hide_err(const struct secrets *secrets, struct err *err);

void secrets_release(struct secrets *secrets);

#endif
