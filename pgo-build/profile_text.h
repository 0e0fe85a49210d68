/*
 * profile_text.h - what LLVM's text form says at a glance.
 */
#ifndef PGO_BUILD_PROFILE_TEXT_H
#define PGO_BUILD_PROFILE_TEXT_H

#include "profile.h"

/*
 * Fills counts and functions from LLVM's text form: the lines NAME:TOTAL:HEAD. It is by probe if
 * a function has a checksum, as LLVM's own reader has it (SampleProfReader.cpp).
 */
void profile_count_text(struct profile *profile, const char *text);

/*
 * The name of a profile of any kind. The comments of a text are no part of it: two recordings that
 * come to the same counts (pgo-convert --refresh) are the same to a program.
 */
struct content_name profile_content(const void *data, size_t len);

#endif
