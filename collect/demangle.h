/*
 * demangle.h - names of C++ and Rust functions as people read them.
 *
 * Without parameters and with template arguments: `shop::Index<long>::total` of
 * `_ZNK4shop5IndexIlE5totalERKSt6vectorIlSaIlEEi`. For what is shown only: what is written keeps
 * the names of the linker, which tell overloads apart.
 */
#ifndef COLLECT_DEMANGLE_H
#define COLLECT_DEMANGLE_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "profile/profile.h"

/* Appends the name for people; false, and nothing, if it is not mangled, or makes a huge name. */
bool demangle(const char *name, struct strbuf *out);

/* Of all functions that have no name but the linker's. */
void demangle_profile(struct profile *profile);

#endif
