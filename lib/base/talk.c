#include "base/talk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The name of the running tool: set once by main, read-only after that. */
static const char *tool_name = "pgo";

static void emit(const char *colour, const char *label, const char *text)
{
    bool coloured = talk_wants_colour(STDERR_FILENO);

    talk_progress_end();
    if (coloured)
        fprintf(stderr, "%s: %s%s%s%s\n", tool_name, colour, label, "\033[0m", text);
    else
        fprintf(stderr, "%s: %s%s\n", tool_name, label, text);
}

static void format_scrubbed(char *out, size_t size, const char *format, va_list args)
{
    vsnprintf(out, size, format, args);
    for (; *out; out++)
        if (((unsigned char)*out < 0x20 && *out != '\n') || *out == 0x7f)
            *out = '?';
}

void talk_start(const char *tool)
{
    tool_name = tool;
}

bool talk_wants_colour(int fd)
{
    const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");

    return isatty(fd) && !(no_colour && *no_colour) && term && strcmp(term, "dumb") != 0;
}

void talk_error(const struct err *err)
{
    emit("\033[1;31m", "", err->message);
    if (err->hint[0])
        fprintf(stderr, "hint: %s\n", err->hint);
}

void talk_warn(const char *format, ...)
{
    char text[2048];
    va_list args;

    va_start(args, format);
    format_scrubbed(text, sizeof(text), format, args);
    va_end(args);
    emit("\033[1;33m", "warning: ", text);
}

void talk_say(const char *format, ...)
{
    char text[2048];
    va_list args;

    va_start(args, format);
    format_scrubbed(text, sizeof(text), format, args);
    va_end(args);
    emit("", "", text);
}

void talk_progress(const char *format, ...)
{
    char text[512];
    va_list args;

    if (!isatty(STDERR_FILENO))
        return;
    va_start(args, format);
    format_scrubbed(text, sizeof(text), format, args);
    va_end(args);
    fprintf(stderr, "\r\033[K%s: %s", tool_name, text);
    fflush(stderr);
}

void talk_progress_end(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

int talk_fail(const struct err *err)
{
    talk_error(err);
    return err->kind == ERR_USAGE ? TALK_EXIT_USAGE : TALK_EXIT_FAILED;
}
