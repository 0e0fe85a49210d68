/*
 * inject.h - what a compile or a link gets on top of what the user wrote.
 *
 * Two steps, so that the front end can redo the second without the command line: decide() looks
 * at the command and says which groups of flags fit it (the shape) and, if that is not all of
 * them, why (the verdict); spell() spells the groups out for a profile. The key names
 * everything that a result was given by us: the compiler and the flags. The profile's path is
 * among them and is named by the profile's content, so an equal key means an equal profile.
 */
#ifndef PGO_BUILD_INJECT_H
#define PGO_BUILD_INJECT_H

#include <stdbool.h>

#include "arguments.h"
#include "base/content.h"
#include "compiler.h"
#include "selection.h"

enum inject_verdict {
    INJECT_PROFILE,     /* takes the profile, if there is one for its source */
    INJECT_OTHER,       /* nothing to compile, or another language, or headers */
    INJECT_LINK,        /* a plain link */
    INJECT_ASSEMBLY,    /* the rest: compiled, but not for us, and why */
    INJECT_UNOPTIMIZED, /* -O0 or none */
    INJECT_OWN_PROFILE, /* the user's own -fprofile... */
    INJECT_TRIAL,       /* conftest, CMake's and Meson's checks, what is of or to /dev/null */
    INJECT_GCC,
    INJECT_UNKNOWN_COMPILER,
    INJECT_UNDER_CACHE, /* run by a compiler cache that stands outside of us */
    INJECT_NO_PROBES,   /* its profile is by probe, and it has none (inject_settle) */
};

const char *inject_verdict_name(enum inject_verdict verdict); /* one word, for files */
bool inject_verdict_parse(const char *name, enum inject_verdict *verdict);

/* Groups of flags. */
enum inject_shape {
    INJECT_TAKES_PROFILE = 1,
    INJECT_TAKES_LINES = 2, /* -fdebug-info-for-profiling */
    INJECT_TAKES_G1 = 4,    /* the user asked for no debug information */
    INJECT_TAKES_BUILD_ID = 8,
    INJECT_TAKES_STALENESS = 16, /* this compiler can report it */
    INJECT_TAKES_INLINING = 32,  /* without a profile: as if it were not to be profiled */
    INJECT_TAKES_PROBES = 64,
    INJECT_HAS_PROBES = 128,          /* the user has asked for them */
    INJECT_TAKES_PLACEMENT = 256,     /* the order of blocks that LLVM chooses by itself by probe */
    INJECT_TAKES_LTO_PLACEMENT = 512, /* the same at the link */
    INJECT_TAKES_MACRO_MAP = 1024,    /* with probes: a source is named by an absolute path */
    INJECT_TAKES_SLICE = 2048,        /* one file is compiled, and nothing is linked with LTO */
    INJECT_PROVEN_SLICE = 4096,       /* ... by a compiler for which -slices=auto is enough */
};

struct inject_decision {
    enum inject_verdict verdict;
    unsigned shape; /* of enum inject_shape */
};

/* `folder`: the current one. */
struct inject_decision inject_decide(const struct arguments *arguments,
                                     const struct compiler *compiler, const char *folder);

/* What a compile or link is given of the profiles. */
struct inject_choice {
    const struct selection_profile *whole; /* the selected one; NULL: none */
    const struct selection_profile *given; /* that, or `sliced` */
    struct selection_profile sliced;       /* the same with the source's slice as its path */
    bool is_apart;                         /* the slice is meant to give another object */
};

/* By shape and modes; the choice points into itself and into the arena. */
void inject_choose(unsigned shape, const char *source, const struct selection *selection,
                   struct inject_choice *choice, struct arena *arena);

struct inject_flags {
    const char *items[16]; /* no shape spells more than 14, and dry_run.c adds a NULL */
    size_t count;
    bool profile; /* one is among them */
};

/*
 * `profile` is the source's, or NULL; the selection's other facts hold for all. Strings are put
 * into the arena.
 */
void inject_spell(struct inject_flags *flags, unsigned shape,
                  const struct selection_profile *profile, const struct selection *selection,
                  struct arena *arena);

/* Will the result have pseudo-probes? */
bool inject_probes(unsigned shape, const struct selection_profile *profile,
                   const struct selection *selection);

/*
 * The verdict once the profile is known: one by probe is of no use to a compile without probes
 * (an old clang, or the user refuses them).
 */
enum inject_verdict inject_settle(const struct inject_decision *decision,
                                  const struct selection_profile *profile);

struct content_name inject_key(const char *compiler_path, const struct inject_flags *flags);

#endif
