#include "profile/maps_line.h"

#include <inttypes.h>
#include <stdio.h>

bool maps_line_read(const char *text, struct maps_line *line)
{
    struct maps_line found = {0};
    char perms[5] = "";
    int path = 0;

    if (sscanf(text, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %n", &found.start_ip,
               &found.limit_ip, perms, &found.pgoff, &path) < 4)
        return false;
    found.is_executable = perms[2] == 'x';
    found.path = path ? text + path : "";
    *line = found;
    return true;
}
