/*
 * symbolizer.h - from an address of an image to its inline stack, by DWARF.
 *
 * Life cycle: symbolizer_open() on an open image, which must outlive it; symbolizer_close() frees
 * everything that was returned. Addresses are `vaddr` of the image. A compile unit is read when
 * the first address in it is asked for.
 * Source of the format: DWARF 4 and 5, also split (.dwo, .dwp); see dwarf_cu.h. Discriminators are
 * encoded as LLVM does (base, duplication factor and copy id; sampleprof.h decodes); GCC's, which
 * are plain numbers, are brought into that form.
 */
#ifndef BINARY_SYMBOLIZER_H
#define BINARY_SYMBOLIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "binary/image.h"

struct symbolizer;

struct symbolizer_function {
    const char *name;         /* as written in the source */
    const char *linkage_name; /* mangled; the same as name where there is no mangling */
    const char *file;         /* that holds its definition; "" if not known */
    const char *unit;         /* path of its compile unit, normalized */
    uint32_t start_line;      /* of its definition (DW_AT_decl_line); 0 if not known */
    bool is_static;           /* no external linkage: another unit may have its own of that name */
};

struct symbolizer_frame {
    const struct symbolizer_function *function;
    uint32_t line; /* innermost: of the instruction; others: of the call. 0 if not known */
    uint32_t discriminator;
};

/* NULL on failure: ERR_NOT_FOUND (no debug information), ERR_FORMAT. */
struct symbolizer *symbolizer_open(const struct image *image, struct err *err) MUST_CHECK;
void symbolizer_close(struct symbolizer *symbolizer); /* NULL is fine */

/*
 * The inline stack at vaddr, innermost first; the last frame is the function that was compiled
 * there. Returns the number of frames, 0 where debug information knows no function. The array is
 * good until the next call.
 */
size_t symbolizer_find(struct symbolizer *symbolizer, uint64_t vaddr,
                       const struct symbolizer_frame **frames);

/* What symbolizer_visit_units() calls, with `data`. */
struct symbolizer_visitor {
    void (*unit)(void *data, const char *path);         /* a compile unit; then its functions */
    void (*name)(void *data, const char *linkage_name); /* the same one may come twice */
    void *data;
};

/*
 * All compile units with the functions that they define or inline, in the order of the debug
 * information. They are walked and forgotten, so that memory does not grow with them. Texts are
 * good during the call.
 */
void symbolizer_visit_units(struct symbolizer *symbolizer,
                            const struct symbolizer_visitor *visitor);

/*
 * Gives the image a symbol for each function, in place of the symbol table that it has not. Reads
 * all units. The symbolizer must outlive the image's use of them.
 */
void symbolizer_add_symbols(struct symbolizer *symbolizer, struct image *image);

/* The first file of split debug information that was needed and not found; NULL: none so far. */
const char *symbolizer_missing(const struct symbolizer *symbolizer);

#endif
