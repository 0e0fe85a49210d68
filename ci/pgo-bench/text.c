#include "pgo-bench/text.h"

#include <math.h>
#include <stdio.h>

#include "base/compiler.h"

void text_duration(double duration_s, char text[TEXT_DURATION_BYTES])
{
    double rounded_s = ceil(fmin(fmax(duration_s, 0), 1e9)); /* 30 years are enough */

    if (rounded_s < 120)
        snprintf(text, TEXT_DURATION_BYTES, "%.0f s", rounded_s);
    else
        snprintf(text, TEXT_DURATION_BYTES, "%.0f min %.0f s", floor(rounded_s / 60),
                 fmod(rounded_s, 60));
}

/* Digits behind the point so that four count in all. */
static int decimals(double value)
{
    return value < 10 ? 3 : value < 100 ? 2 : value < 1000 ? 1 : 0;
}

void text_time(double time_s, char text[TEXT_DURATION_BYTES])
{
    static const char *const units[] = {"s", "ms", "us", "ns"};
    double value = time_s;
    size_t unit = 0;

    for (; value < 1 && unit + 1 < ARRAY_SIZE(units); unit++)
        value *= 1e3;
    snprintf(text, TEXT_DURATION_BYTES, "%.*f %s", decimals(value), value, units[unit]);
}

void text_time_range(const struct interval *range_s, char text[TEXT_RANGE_BYTES])
{
    double scale = range_s->high < 1 ? 1e3 : 1;
    int digits = decimals(range_s->high * scale);

    snprintf(text, TEXT_RANGE_BYTES, "%.*f .. %.*f %s", digits, range_s->low * scale, digits,
             range_s->high * scale, range_s->high < 1 ? "ms" : "s");
}

void text_size(double size_bytes, char text[TEXT_DURATION_BYTES])
{
    double mib = size_bytes / (1024 * 1024);

    snprintf(text, TEXT_DURATION_BYTES, "%.1f MiB", mib);
}

static int pct_decimals(double pct)
{
    return fabs(pct) < 1 ? 2 : 1;
}

void text_pct(double pct, char text[TEXT_DURATION_BYTES])
{
    snprintf(text, TEXT_DURATION_BYTES, "%.*f", pct_decimals(pct), fabs(pct));
}

void text_pct_range(const struct interval *pct, char text[TEXT_RANGE_BYTES])
{
    char near[TEXT_DURATION_BYTES], far[TEXT_DURATION_BYTES];

    text_pct(fmin(fabs(pct->low), fabs(pct->high)), near);
    text_pct(fmax(fabs(pct->low), fabs(pct->high)), far);
    snprintf(text, TEXT_RANGE_BYTES, "%s .. %s%%", near, far);
}

void text_signed_pct_range(const struct interval *pct, char text[TEXT_RANGE_BYTES])
{
    snprintf(text, TEXT_RANGE_BYTES, "%+.*f .. %+.*f%%", pct_decimals(pct->low), pct->low,
             pct_decimals(pct->high), pct->high);
}
