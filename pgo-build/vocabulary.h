/*
 * vocabulary.h - the options of clang and gcc that matter to us, and what each asks for.
 *
 * Those that take their argument in the next word, those that choose the phase, and those of
 * optimization, debug information, profiles and the linker. (clang, ClangCommandLineReference.)
 */
#ifndef PGO_BUILD_VOCABULARY_H
#define PGO_BUILD_VOCABULARY_H

enum word_action {
    WORD_SKIP_NEXT, /* takes the next word, which is none of our business */
    WORD_SKIP,      /* looks like one below, and is not */
    WORD_OUTPUT,
    WORD_LANGUAGE,
    WORD_NOT_A_BUILD, /* no object comes out of it */
    WORD_TO_OBJECT,
    WORD_TO_ASSEMBLY,
    WORD_TO_BITCODE, /* with one of the two above */
    WORD_OPTIMIZE,
    WORD_NO_OPTIMIZE,
    WORD_DEBUG,
    WORD_NO_DEBUG,
    WORD_PROFILE,
    WORD_PROBES,
    WORD_NO_PROBES,
    WORD_TARGET,
    WORD_MACRO_MAP,
    WORD_LTO,
    WORD_NO_LTO,
    WORD_LLVM,
    WORD_LINKER,
    WORD_BUILD_ID,
    WORD_RELOCATABLE,
    WORD_NOSTDLIB,
    WORD_LAYOUT,
    WORD_OTHER_MACHINE,
    WORD_COLOUR,
    WORD_STANDARD,
};

enum word_match { WORD_WHOLE, WORD_PREFIX };

struct vocabulary_word {
    const char *text;
    enum word_match match;
    enum word_action action;
};

/* The entry for a word of a command line, or NULL: it is passed over. */
const struct vocabulary_word *vocabulary_find(const char *word);

#endif
