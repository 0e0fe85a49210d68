/*
 * dwarf_function.h - what DWARF says of a function, put together from its DIEs.
 *
 * Only for symbolizer.c and dwarf_unit.c. An inlined copy, or a concrete function, names its
 * abstract origin; a member function's definition names the declaration in its class. What one
 * does not say the next one does. With link-time optimization they may lie in different units.
 */
#ifndef BINARY_DWARF_FUNCTION_H
#define BINARY_DWARF_FUNCTION_H

#include "binary/dwarf_unit.h"

/* A pure declaration is no function of its unit; an abstract one (inlined only) is. */
bool dwarf_function_is(const struct dwarf_die *die);

/* The function of a subprogram or inlined copy in that open unit, described once for all copies. */
struct symbolizer_function *dwarf_function_find(struct dwarf_image *image, struct dwarf_unit *unit,
                                                const struct dwarf_die *die);

/* Its linkage name alone; "" if it has no name. Good as long as the unit is open. */
const char *dwarf_function_name(struct dwarf_image *image, struct dwarf_unit *unit,
                                const struct dwarf_die *die);

#endif
