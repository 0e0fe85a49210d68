/*
 * call_sites.h - what the code of a binary says of a call that was seen on a stack.
 *
 * Stacks lie where frames are missing. Before a function has set up its frame, or when it never
 * does, its caller is not on the stack, and its caller's caller seems to call it. A function that
 * ends by a jump to another one is not there either. A direct call names its callee, and so shows
 * both. Of an indirect call nothing is known: what its stacks say is believed.
 *
 * Life cycle: call_sites_open() an image, which must outlive it, call_sites_close(). Addresses are
 * `vaddr`.
 */
#ifndef PGO_CONVERT_CALL_SITES_H
#define PGO_CONVERT_CALL_SITES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "binary/image.h"

struct call_sites;

/* NULL on failure: ERR_UNSUPPORTED for a machine that is not decoded. */
MUST_CHECK struct call_sites *call_sites_open(const struct image *image, struct err *err);
void call_sites_close(struct call_sites *sites); /* NULL is fine */

/* Is it within a call instruction? Quickest when those of one function come in a row. */
bool call_sites_is_call(struct call_sites *sites, uint64_t vaddr);

#define CALL_SITE_NONE UINT64_MAX

/*
 * Where the instruction starts that calls the function at callee_vaddr, if a stack has that
 * function above a frame that stands within the instruction at caller_vaddr: this one; or the jump
 * to the callee by which the function ends that this one calls; or CALL_SITE_NONE. Quickest when
 * calls of one function come in a row.
 */
uint64_t call_sites_find(struct call_sites *sites, uint64_t caller_vaddr, uint64_t callee_vaddr);

#endif
