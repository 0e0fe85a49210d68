#include "base/number.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

static bool parse_unsigned(const char *text, int base, uint64_t *value)
{
    unsigned long long parsed;
    char *end;

    if (!isxdigit((unsigned char)text[0])) /* no sign, no white space */
        return false;
    errno = 0;
    parsed = strtoull(text, &end, base);
    if (errno || *end)
        return false;
    *value = parsed;
    return true;
}

bool number_parse_u64(const char *text, uint64_t *value)
{
    return parse_unsigned(text, 10, value);
}

bool number_parse_hex(const char *text, uint64_t *value)
{
    return parse_unsigned(text, 16, value);
}

bool number_parse_double(const char *text, double *value)
{
    double parsed;
    char *end;

    if (text[0] == '\0' || isspace((unsigned char)text[0]))
        return false;
    errno = 0;
    parsed = strtod(text, &end);
    if (errno || *end || !isfinite(parsed))
        return false;
    *value = parsed;
    return true;
}
