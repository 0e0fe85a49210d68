#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void scrub(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
    va_list args;

    err->kind = kind;
    err->hint[0] = '\0';
    va_start(args, format);
    vsnprintf(err->message, sizeof(err->message), format, args);
    va_end(args);
    scrub(err->message);
    return false;
}

bool err_prepend(struct err *err, const char *format, ...)
{
    char rest[sizeof(err->message)];
    va_list args;
    size_t len;

    memcpy(rest, err->message, sizeof(rest));
    va_start(args, format);
    vsnprintf(err->message, sizeof(err->message), format, args);
    va_end(args);
    scrub(err->message);
    len = strlen(err->message);
    snprintf(err->message + len, sizeof(err->message) - len, "%s", rest);
    return false;
}

bool err_hint(struct err *err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(err->hint, sizeof(err->hint), format, args);
    va_end(args);
    scrub(err->hint);
    return false;
}

bool err_errno(struct err *err, const char *path, const char *doing)
{
    int code = errno;

    return err_set(err, code == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s: %s", path, doing,
                   strerror(code));
}
