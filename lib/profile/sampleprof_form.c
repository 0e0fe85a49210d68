/* Which of LLVM's forms a sample profile has, by its first bytes or lines; is it all there? */
#include <string.h>

#include "profile/sampleprof_read.h"

/*
 * The magic is a number in LEB128: "SPROF42" above a byte for the form. The low seven bits of the
 * form are the first byte, its upper bit is the lowest of the second.
 */
static bool has_magic(const unsigned char *data, size_t len)
{
    static const unsigned char rest[] = {0xd0, 0xb1, 0xf4, 0xc9, 0x94, 0xa8, 0x53};

    return len > 2 + sizeof(rest) && (data[0] & 0x80) && (data[1] & 0xfe) == 0xe4 &&
           memcmp(data + 2, rest, sizeof(rest)) == 0;
}

/* [start, end) is "...:DIGITS:DIGITS". */
static bool is_head(const char *start, const char *end)
{
    for (int i = 0; i < 2; i++) {
        const char *last = end;

        while (end > start && end[-1] >= '0' && end[-1] <= '9')
            end--;
        if (end == last || end == start || end[-1] != ':')
            return false;
        end--;
    }
    return end > start;
}

enum sampleprof_form sampleprof_form_of(const void *data, size_t len)
{
    const char *at = data, *end = at + len;

    if (has_magic(data, len))
        return SAMPLEPROF_BINARY;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *line_end = newline ? newline : end;

        if (line_end > at && line_end[-1] == '\r')
            line_end--;
        if (line_end > at && *at != '#')
            return is_head(at, line_end) ? SAMPLEPROF_TEXT : SAMPLEPROF_NONE;
        at = newline ? newline + 1 : end;
    }
    return SAMPLEPROF_NONE;
}

bool sampleprof_check_end(const struct provenance *provenance, const char *text, size_t len,
                          struct err *err)
{
    static const char mark[] = "\n#!pgo end";

    if (!provenance_is_known(provenance) || memmem(text, len, mark, strlen(mark)))
        return true;
    err_set(err, ERR_FORMAT, "it was cut short: found no '#!pgo end', its last line");
    return err_hint(err, "get it again (git checkout), or convert the recording again");
}
