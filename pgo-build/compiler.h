/*
 * compiler.h - what is known of a compiler, by asking it once.
 *
 * `PATH --version` tells the kind and the version, trial compiles tell which of LLVM's options it
 * takes. The answers are kept in the state folder's `compilers` (records: path, size, modification
 * time, kind, version, reports, inlines, places, target), so that a launch costs no extra process.
 * A file that changed is asked again.
 */
#ifndef PGO_BUILD_COMPILER_H
#define PGO_BUILD_COMPILER_H

#include <stdbool.h>

#include "base/err.h"

/* Options of LLVM, each after -mllvm; not every version has them. */
#define COMPILER_REPORT_STALENESS "-report-profile-staleness"
#define COMPILER_PLAIN_INLINING   "-enable-npm-pgo-inline-deferral=false"
#define COMPILER_PLACE_BLOCKS     "-enable-ext-tsp-block-placement"

enum compiler_kind { COMPILER_CLANG, COMPILER_GCC, COMPILER_UNKNOWN };

struct compiler {
    enum compiler_kind kind;
    char version[32];       /* "22.1.0"; empty if unknown */
    char target[64];        /* of clang: "x86_64-pc-linux-gnu" */
    bool reports_staleness; /* takes COMPILER_REPORT_STALENESS: clang 19 and newer */
    bool inlines_plainly;   /* takes COMPILER_PLAIN_INLINING */
    bool places_blocks;     /* takes COMPILER_PLACE_BLOCKS */
};

/* clang, clang++-22, gcc-12, cc, ...: a compiler's name with or without a version. */
bool compiler_is_name(const char *name);

/* Fails only if there is no such program. */
MUST_CHECK bool compiler_ask(const char *path, const char *state, struct compiler *compiler,
                             struct err *err);

unsigned compiler_major(const struct compiler *compiler); /* 0 if unknown */

/*
 * The machine that clang compiles for, if it is one of those that we know more of; else NULL.
 * `target`: of the command line, or NULL: the compiler's own.
 */
#define COMPILER_X86_64  "x86_64"
#define COMPILER_AARCH64 "aarch64"
const char *compiler_machine(const struct compiler *compiler, const char *target);

/*
 * Pseudo-probes from clang 19 on: of those before, pgo-convert does not read them well. And for
 * x86-64 and AArch64 alone: for 32-bit ARM clang 19 and 22 crash, for RISC-V 22 stops with an
 * error. `target`: the machine to compile for, or NULL: the compiler's own.
 */
bool compiler_takes_probes(const struct compiler *compiler, const char *target);

#endif
