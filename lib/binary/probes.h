/*
 * probes.h - the pseudo-probes of an image: which basic blocks of the source's functions lie where.
 *
 * clang's -fpseudo-probe-for-profiling numbers the blocks and calls of each function before it is
 * optimized, and writes into the executable where each number ended up, with inlined copies as a
 * tree. A profile by probe needs no lines and no discriminators, and the checksum of a function's
 * control-flow graph tells whether the profile still fits the source.
 *
 * Life cycle: probes_read() once an image, which must outlive it; probes_free(). Addresses are
 * `vaddr`; all arrays belong to the probes, names to the image.
 * Source of the format: LLVM, llvm/include/llvm/MC/MCPseudoProbe.h; see probes.c.
 */
#ifndef BINARY_PROBES_H
#define BINARY_PROBES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "binary/image.h"

#define PROBE_NONE UINT32_MAX

/* The probe of a function's first block has this number. */
#define PROBE_ENTRY 1

enum probe_kind {
    PROBE_BLOCK,
    PROBE_INDIRECT_CALL,
    PROBE_DIRECT_CALL,
};

/* A function of the source, as .pseudo_probe_desc describes it. */
struct probe_function {
    uint64_t guid; /* the low 64 bits of the name's MD5 */
    uint64_t checksum;
    const char *name; /* linkage name; not NUL-terminated: name_len bytes */
    size_t name_len;
};

/* A function that was compiled, or a copy of one inlined in another scope. */
struct probe_scope {
    uint32_t function;   /* index, or PROBE_NONE: not described */
    uint32_t parent;     /* the scope it is inlined in, or PROBE_NONE */
    uint32_t call_index; /* the probe of the inlined call, in `parent` */
};

struct probe {
    uint64_t vaddr; /* of the instruction behind it */
    uint32_t scope;
    uint32_t index;
    enum probe_kind kind;
};

struct probes {
    struct probe_function *functions; /* sorted by guid */
    size_t function_count, function_capacity;
    struct probe_scope *scopes; /* a scope comes behind its parent */
    size_t scope_count, scope_capacity;
    struct probe *items; /* sorted by address, then scope, then index */
    size_t count, capacity;
};

/* NULL on failure: ERR_NOT_FOUND (the image has none), ERR_FORMAT (damaged). */
struct probes *probes_read(const struct image *image, struct err *err) MUST_CHECK;
void probes_free(struct probes *probes); /* NULL is fine */

/* The function with that guid, or NULL. */
const struct probe_function *probes_find_function(const struct probes *probes, uint64_t guid);

#endif
