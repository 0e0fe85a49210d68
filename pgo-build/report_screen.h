/*
 * report_screen.h - the summary of a large build: one screen instead of one line.
 */
#ifndef PGO_BUILD_REPORT_SCREEN_H
#define PGO_BUILD_REPORT_SCREEN_H

#include "report.h"

/* With -v, or when so many files were compiled that a line does not do them justice. */
bool report_fills_screen(const struct report *report);

/* A line each, of what there is to say: profile, found, files, cache, refresh. */
void report_say_screen(const struct report *report);

#endif
