/*
 * text.h - times, sizes and shares as people read them. No heap; each fills the caller's buffer.
 */
#ifndef BENCH_TEXT_H
#define BENCH_TEXT_H

#include "pgo-bench/statistics.h"

#define TEXT_DURATION_BYTES 32
#define TEXT_RANGE_BYTES    80

/* "41 s", "3 min 20 s": how long something will take. */
void text_duration(double duration_s, char text[TEXT_DURATION_BYTES]);

/* "1.234 s", "56.78 ms", down to "ns": a measured time, four digits. */
void text_time(double time_s, char text[TEXT_DURATION_BYTES]);

/* "1.230 .. 1.241 s": both ends in the unit that suits the upper one. */
void text_time_range(const struct interval *range_s, char text[TEXT_RANGE_BYTES]);

/* "12.3 MiB". */
void text_size(double size_bytes, char text[TEXT_DURATION_BYTES]);

/* "15.3", "0.42": a share in percent, without sign and unit. */
void text_pct(double pct, char text[TEXT_DURATION_BYTES]);

/* "13.2 .. 14.3%": both ends of one sign, which is left out; the smaller first. */
void text_pct_range(const struct interval *pct, char text[TEXT_RANGE_BYTES]);

/* "-0.42 .. +1.1%": the ends signed. */
void text_signed_pct_range(const struct interval *pct, char text[TEXT_RANGE_BYTES]);

#endif
