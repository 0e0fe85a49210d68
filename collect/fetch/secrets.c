#include "secrets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"

#define MAX_FILE_BYTES ((size_t)64 * 1024)
#define MIN_HIDDEN     4
#define HIDDEN         "***"

const char *secrets_add(struct secrets *secrets, const char *text)
{
    char *copy = mem_strdup(text);

    *ARRAY_PUSH(secrets->items, secrets->count, secrets->capacity) = copy;
    return copy;
}

const char *secrets_read(struct secrets *secrets, const char *path, bool *is_open, struct err *err)
{
    struct strbuf content = {0};
    const char *secret = NULL;
    struct stat status;

    if (!file_read(path, MAX_FILE_BYTES, &content, err))
        return NULL;
    *is_open = stat(path, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 077);
    if (content.len) {
        content.data[strcspn(content.data, "\r\n")] = '\0';
        if (content.data[0])
            secret = secrets_add(secrets, content.data);
        explicit_bzero(content.data, content.len);
    }
    strbuf_release(&content);
    if (!secret)
        err_set(err, ERR_FORMAT, "%s: the first line is empty, expected a secret", path);
    return secret;
}

static void hide_one(const char *secret, struct strbuf *text)
{
    size_t len = strlen(secret);
    struct strbuf result = {0};
    const char *at = strbuf_text(text), *found;

    if (len < MIN_HIDDEN)
        return;
    while ((found = strstr(at, secret)) != NULL) {
        strbuf_add(&result, at, (size_t)(found - at));
        strbuf_add_text(&result, HIDDEN);
        at = found + len;
    }
    strbuf_add_text(&result, at);
    strbuf_release(text);
    *text = result;
}

void secrets_hide(const struct secrets *secrets, struct strbuf *text)
{
    for (size_t i = 0; i < secrets->count; i++)
        hide_one(secrets->items[i], text);
}

static void hide_in(const struct secrets *secrets, char *text, size_t size)
{
    struct strbuf buffer = {0};

    strbuf_add_text(&buffer, text);
    secrets_hide(secrets, &buffer);
    snprintf(text, size, "%s", strbuf_text(&buffer));
    strbuf_release(&buffer);
}

void secrets_hide_err(const struct secrets *secrets, struct err *err)
{
    hide_in(secrets, err->message, sizeof(err->message));
    hide_in(secrets, err->hint, sizeof(err->hint));
}

void secrets_release(struct secrets *secrets)
{
    for (size_t i = 0; i < secrets->count; i++) {
        explicit_bzero(secrets->items[i], strlen(secrets->items[i]));
        free(secrets->items[i]);
    }
    free(secrets->items);
    *secrets = (struct secrets){0};
}
