/*
 * report_words.h - what the report's lines are made of: profiles by name, and commands to type.
 */
#ifndef PGO_BUILD_REPORT_WORDS_H
#define PGO_BUILD_REPORT_WORDS_H

#include "report.h"

/* What the user's command is: the program's name, make, and whether a word is among its own. */
bool report_runs(const struct build *build, const char *program);
bool report_runs_make(const struct build *build);
bool report_has_word(const struct build *build, const char *word);

/* The user's command again, without the compiler that it names. */
void report_add_command(const struct build *build, struct strbuf *out);

/* "; run: pgo-build make -B": the command that builds everything again. */
void report_add_rebuild(const struct build *build, struct strbuf *out);

/* Where the command takes the wrong compiler: how to name another; `advice` for plain commands. */
void report_add_other_compiler(const struct build *build, bool cxx, const char *advice,
                               struct strbuf *out);

/* The name of the profile in use, or how many there are; it is said of objects and files. */
void report_add_profile_name(const struct report *report, struct strbuf *out);

/* ", 24600 samples, recorded 2026-11-20 (7 days ago)", as far as the profile tells. */
void report_add_provenance(const struct profile *profile, struct strbuf *out);

/* "not optimized (-O0)": why a compile got no profile; it stands behind a number or a colon. */
const char *report_reason(enum inject_verdict verdict);

/* "2 without: 1 assembly, 1 not optimized (-O0)"; nothing if all have one. */
void report_add_without(const struct report *report, struct strbuf *out);

/* "; 98 of 142 from ccache", if any is. */
void report_add_cache(const struct report *report, struct strbuf *out);

/* "97.2% of its samples found their function and line, ..."; only where that is known. */
void report_add_found(const struct report *report, struct strbuf *out);

/* " by line", " by probe", or both: of the profiles in use. */
void report_add_kinds(const struct report *report, struct strbuf *out);

#endif
