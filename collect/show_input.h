/*
 * show_input.h - a profile to look at, by its content: pprof, gperftools' CPU profile, or LLVM's
 * text.
 *
 * show_input_read() fills a zeroed struct, show_input_release() frees it. The error names the file.
 * "-" is standard input. Functions have their names for people (demangle.h).
 */
#ifndef COLLECT_SHOW_INPUT_H
#define COLLECT_SHOW_INPUT_H

#include "base/err.h"
#include "profile/profile.h"
#include "profile/sampleprof.h"

/* One of the two is there. */
struct show_input {
    struct profile *profile;
    struct sampleprof *counts; /* finished */
    uint32_t value; /* of profile->value_types: the default one, else the last, as pprof */
};

enum show_input_kind { SHOW_INPUT_ANY, SHOW_INPUT_PROFILE };

/* SHOW_INPUT_PROFILE: LLVM's text, which has no stacks, is an error. */
MUST_CHECK bool show_input_read(struct show_input *input, const char *path,
                                enum show_input_kind kind, struct err *err);
void show_input_release(struct show_input *input);

#endif
