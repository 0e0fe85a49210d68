#include "probes.h"

#include <stddef.h>
#include <string.h>

#include "base/memory.h"

static const char *const names[] = {
    [PROBES_AUTO] = "auto", [PROBES_ON] = "on", [PROBES_OFF] = "off"};

const char *probes_mode_name(enum probes_mode mode)
{
    return names[mode];
}

bool probes_mode_parse(const char *name, enum probes_mode *mode)
{
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(name, names[i]) == 0) {
            *mode = (enum probes_mode)i;
            return true;
        }
    return false;
}
