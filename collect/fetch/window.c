#include "window.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/number.h"

#define MAX_MS ((int64_t)253402300799 * 1000) /* the end of the year 9999 */

static bool parse_ago(const char *text, uint64_t *ago_ms)
{
    static const struct {
        char unit;
        uint64_t ms;
    } units[] = {{'s', 1000},
                 {'m', 60 * 1000},
                 {'h', 3600 * 1000},
                 {'d', 24 * 3600 * 1000},
                 {'w', 7 * 24 * 3600 * 1000}};
    char *digits = mem_strdup(text);
    size_t len = strlen(digits);
    char unit = len ? digits[len - 1] : '\0';
    uint64_t count;
    bool done = false;

    if (len)
        digits[len - 1] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(units); i++)
        if (units[i].unit == unit && number_parse_u64(digits, &count)) {
            *ago_ms = saturating_multiply(count, units[i].ms);
            done = *ago_ms <= (uint64_t)MAX_MS;
        }
    free(digits);
    return done;
}

/* "Z", "+02:00" or nothing: seconds east of UTC. */
static bool parse_zone(const char *text, int *east_s)
{
    *east_s = 0;
    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
        return true;
    if ((text[0] != '+' && text[0] != '-') || strlen(text) != 6 || text[3] != ':')
        return false;
    for (int i = 1; i < 6; i++)
        if (i != 3 && !isdigit((unsigned char)text[i]))
            return false;
    *east_s = ((text[1] - '0') * 10 + text[2] - '0') * 3600;
    *east_s += ((text[4] - '0') * 10 + text[5] - '0') * 60;
    if (text[0] == '-')
        *east_s = -*east_s;
    return true;
}

static bool parse_date(const char *text, int64_t *time_ms)
{
    struct tm parts = {0};
    int east_s = 0;
    const char *rest = strptime(text, "%Y-%m-%d", &parts);

    if (!rest || rest != text + 10)
        return false;
    if (*rest) {
        if (*rest != 'T' && *rest != 't')
            return false;
        rest = strptime(rest + 1, "%H:%M:%S", &parts);
        if (!rest || rest != text + 19 || !parse_zone(rest, &east_s))
            return false;
    }
    *time_ms = ((int64_t)timegm(&parts) - east_s) * 1000;
    return true;
}

bool window_parse(const char *name, const char *text, int64_t now_ms, int64_t *time_ms,
                  struct err *err)
{
    uint64_t number;

    if (strcmp(text, "now") == 0) {
        *time_ms = now_ms;
        return true;
    }
    if (strncmp(text, "now-", 4) == 0 && parse_ago(text + 4, &number)) {
        *time_ms = now_ms - (int64_t)number;
        return true;
    }
    if (number_parse_u64(text, &number) && number <= (uint64_t)MAX_MS / 1000) {
        *time_ms = (int64_t)number * 1000;
        return true;
    }
    if (parse_date(text, time_ms))
        return true;
    err_set(err, ERR_USAGE, "%s %s: not a time", name, text);
    return err_hint(err, "for instance now, now-7d, 2026-11-20T10:00:00Z, or seconds since 1970");
}

void window_format(int64_t time_ms, struct strbuf *out)
{
    int64_t ms = ((time_ms % 1000) + 1000) % 1000;
    time_t seconds = (time_t)((time_ms - ms) / 1000);
    struct tm parts = {0};
    char text[64] = "";

    gmtime_r(&seconds, &parts);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
    strbuf_add_text(out, text);
    if (ms)
        strbuf_add_format(out, ".%03d", (int)ms);
    strbuf_add_char(out, 'Z');
}
