/*
 * input.h - what an input file of a compiler is, by its suffix or by the language of -x.
 */
#ifndef PGO_BUILD_INPUT_H
#define PGO_BUILD_INPUT_H

enum input_kind {
    INPUT_SOURCE, /* C and C++ */
    INPUT_HEADER, /* of these, to precompile */
    INPUT_ASSEMBLY,
    INPUT_OTHER,
};

/* `language` is the argument of the last -x before the file, or NULL. */
enum input_kind input_kind(const char *path, const char *language);

#endif
