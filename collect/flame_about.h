/*
 * flame_about.h - what a page says of where its data comes from, as JSON (flame.h: facts, binaries,
 * comments, lost).
 */
#ifndef COLLECT_FLAME_ABOUT_H
#define COLLECT_FLAME_ABOUT_H

#include "flame.h"
#include "flame_fill.h"

/* Appends the members of the object, without braces. */
void flame_about_add(struct strbuf *out, const struct flame_side *side,
                     const struct flame_fill *fill, int index);

#endif
