/*
 * sampleprof.h - the function-sample tree: what LLVM's sample profile says, before it is written.
 *
 * Every input ends in this tree and every output starts from it. A function has lines (body
 * samples) and calls (inlined callees), each keyed by its line offset in the function and its base
 * discriminator; an inlined callee is a function again. A tree that is probe-based is keyed by
 * pseudo-probes instead: `line_off` is the probe's index, `discriminator` 0, and each function,
 * inlined ones too, has the checksum of its control-flow graph.
 *
 * Life cycle: sampleprof_new(), add, sampleprof_finish() once, write, sampleprof_free(). All nodes
 * lie in one arena; pointers to functions stay valid, pointers to lines only until the next line
 * is added to the same function. Names are made canonical on their way in (see
 * sampleprof_canonical_len()). Counts add saturating.
 * Source of the format: LLVM, llvm/include/llvm/ProfileData/SampleProf.h and SampleProfReader.h.
 */
#ifndef PROFILE_SAMPLEPROF_H
#define PROFILE_SAMPLEPROF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/byteset.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "profile/provenance.h"
#include "profile/sampleprof_summary.h"

/* Where in a function: line minus the line of its start, in 16 bits, and base discriminator. */
struct sampleprof_site {
    uint16_t line_off;
    uint16_t discriminator;
};

/* The order of sites in a function: by line, then by discriminator; as strcmp() says it. */
int sampleprof_compare_sites(struct sampleprof_site a, struct sampleprof_site b);

struct sampleprof_target { /* of an indirect or not inlined call */
    const char *name;
    uint64_t count;
};

struct sampleprof_line {
    struct sampleprof_site site;
    uint64_t count; /* 0 is a statement: it never ran. A line that is not there is unknown. */
    struct sampleprof_target *targets;
    size_t target_count, target_capacity;
};

struct sampleprof_call {
    struct sampleprof_site site;
    struct sampleprof_function *callee;
};

struct sampleprof_function {
    const char *name;  /* canonical linkage name, interned in the tree */
    const char *unit;  /* its compile unit; "" if not known, or for an inlined callee */
    bool is_static;    /* then another unit may have its own function of that name */
    uint64_t head;     /* times it was entered */
    uint64_t total;    /* all counts in it and in its callees; set by sampleprof_finish() */
    uint64_t checksum; /* of its control-flow graph, if the tree is probe-based */
    uint64_t samples;  /* that its counts were estimated from; 0 if not known, and inlined */
    uint32_t since;    /* the refresh that it came with; 0: it was there before the first */
    struct sampleprof_line *lines; /* sorted by site */
    size_t line_count, line_capacity;
    struct sampleprof_call *calls; /* sorted by site, then name */
    size_t call_count, call_capacity;
};

/* The functions that a compile unit defines or inlines and that the profile mentions. */
struct sampleprof_unit {
    const char *path;
    struct byteset names;
};

struct sampleprof {
    bool is_probe_based;
    uint32_t refresh_count;       /* how often it was refreshed since it was first made */
    struct provenance provenance; /* of the profile as a whole */
    bool has_summary;             /* it keeps an older one instead of its own */
    struct sampleprof_summary summary;
    struct arena arena;
    struct byteset names; /* of all functions, callees and targets */
    struct byteset keys;  /* of `functions`: name, and unit if static */
    struct sampleprof_function **functions;
    size_t function_count, function_capacity;
    struct byteset unit_paths; /* of `units`, by index */
    struct sampleprof_unit *units;
    size_t unit_count, unit_capacity;
};

struct sampleprof *sampleprof_new(void);
void sampleprof_free(struct sampleprof *tree); /* NULL is fine */

/* The one of that name (of that unit, if static): found, or added without any sample. */
struct sampleprof_function *sampleprof_add_function(struct sampleprof *tree, const char *name,
                                                    const char *unit, bool is_static);
/* The same, found only: NULL if it is not there. Not once the tree is finished. */
struct sampleprof_function *sampleprof_find_function(const struct sampleprof *tree,
                                                     const char *name, const char *unit,
                                                     bool is_static);
struct sampleprof_function *sampleprof_add_callee(struct sampleprof *tree,
                                                  struct sampleprof_function *caller,
                                                  struct sampleprof_site site, const char *name);
struct sampleprof_line *sampleprof_add_line(struct sampleprof *tree,
                                            struct sampleprof_function *function,
                                            struct sampleprof_site site);
void sampleprof_add_target(struct sampleprof *tree, struct sampleprof_line *line, const char *name,
                           uint64_t count);

/* The unit of that path in the compile-unit map: found, or added; good until the next one is
 * added. sampleprof_add_unit_name() ignores names that no function, callee or target has. */
struct sampleprof_unit *sampleprof_add_unit(struct sampleprof *tree, const char *path);
void sampleprof_add_unit_name(struct sampleprof *tree, struct sampleprof_unit *unit,
                              const char *name);

/*
 * Sets all totals and sorts: functions by total, descending, then name, then unit; units by path.
 * No function may be added afterwards; units may, and then it is to be called again.
 */
void sampleprof_finish(struct sampleprof *tree);

/*
 * The name without what the compiler appends to copies: .llvm.N, .part.N, .cold, .isra.N,
 * .constprop.N;
 * .__uniq.N stays. The length of the prefix of `name` that is canonical.
 */
size_t sampleprof_canonical_len(const char *name);

/*
 * Can the text form hold it as a name? Not empty, no control character, and not to be mistaken for
 * a count, a comment or a deeper line. Whoever takes names from a file asks before adding them.
 */
bool sampleprof_is_name(const char *name);

/* DWARF's encoded discriminator (LLVM, DebugInfoMetadata.h): base and duplication factor. */
struct sampleprof_discriminator {
    uint32_t base;
    uint32_t factor; /* 1 or more: copies made by unrolling or vectorizing */
};
struct sampleprof_discriminator sampleprof_decode_discriminator(uint32_t encoded);

/* What a flat profile cannot hold: static functions of one name in several units. */
struct sampleprof_losses {
    size_t function_count; /* left out: the one with the most samples stands */
    uint64_t total;
    const char *example; /* the name of the largest; NULL if none */
};

/*
 * What a flat profile of the finished tree holds: of each name the function with the most samples.
 * An array in the tree's arena, in the order of tree->functions.
 */
const struct sampleprof_function **sampleprof_flatten(struct sampleprof *tree, size_t *count);

/* Appends the text form with the compile-unit map (docs/formats.md). The tree is finished. */
void sampleprof_write_text(const struct sampleprof *tree, struct strbuf *out,
                           struct sampleprof_losses *losses);

#endif
