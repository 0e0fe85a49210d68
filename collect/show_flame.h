/*
 * show_flame.h - `pgo-collect show --flame`: profile, and what it is compared with → page.
 */
#ifndef COLLECT_SHOW_FLAME_H
#define COLLECT_SHOW_FLAME_H

#include "show_options.h"

MUST_CHECK bool show_flame(const struct show_options *options, struct err *err);

#endif
