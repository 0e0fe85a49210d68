/*
 * arguments.h - what a compiler's command line asks for, as far as profiles are concerned.
 *
 * One table in vocabulary.c spells the options of clang and gcc that matter. Everything else is
 * passed over. Response files are read to see what is in them, never rewritten.
 *
 * Strings point into argv or into the arena of this struct.
 */
#ifndef PGO_BUILD_ARGUMENTS_H
#define PGO_BUILD_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/memory.h"

enum arguments_phase {
    ARGUMENTS_OTHER,        /* asks for a version, preprocesses, checks syntax, ... */
    ARGUMENTS_COMPILE,      /* sources to objects or assembly; headers */
    ARGUMENTS_COMPILE_LINK, /* sources to a program in one step */
    ARGUMENTS_LINK,
};

struct arguments {
    struct arena arena;
    enum arguments_phase phase;
    const char **sources; /* C, C++ and assembly files, and headers to precompile; "-": stdin */
    size_t source_count, source_capacity;
    size_t assembly_count;     /* of these */
    size_t header_count;       /* of these */
    const char **other_inputs; /* objects, libraries, other languages */
    size_t other_input_count, other_input_capacity;
    bool to_assembly;   /* -S */
    bool to_bitcode;    /* -emit-llvm */
    const char *output; /* of -o, or NULL */
    const char *target; /* the machine to compile for, or NULL: the compiler's own */
    bool optimized;     /* -O1 and up, -Og, -Os, -Oz: the last one counts */
    bool debug_lines;   /* the user asks for line tables or more */
    bool own_profile;   /* the user names a profile, or records or refuses one */
    bool own_probes;    /* the user says something about pseudo-probes */
    bool probes;        /* ... and wants them */
    bool own_macro_map; /* the user maps paths in macros */
    bool own_placement; /* the user says something about LLVM's order of blocks */
    bool lto;
    bool build_id;    /* the user says something about it */
    bool relocatable; /* -r */
    bool nostdlib;
    bool own_layout;    /* the user tells the linker where sections go */
    bool other_machine; /* -m32 and the like: not quite that of `target` */
    bool colour;        /* the user says something about it */
    bool standard;      /* -std= or -ansi is given */
    int end_marker;     /* index in argv of the word that brings "--", else argc */
};

/* argv[0] is the compiler. Never fails: what is not understood is OTHER. */
void arguments_read(struct arguments *arguments, int argc, char **argv);
void arguments_release(struct arguments *arguments);

/* Headers alone, to be precompiled: there is no code in the result, and nothing to link. */
bool arguments_are_headers(const struct arguments *arguments);

/* Where the i-th source's result goes: -o, or its name in the current folder, or a.out. */
char *arguments_output(const struct arguments *arguments, size_t i); /* absolute; free() it */

#endif
