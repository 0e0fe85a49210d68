/*
 * maps_line.h - one line of /proc/PID/maps: what lies at a range of a process's addresses.
 *
 * Source: proc(5). "start-limit perms offset device inode      path", numbers hexadecimal.
 */
#ifndef PROFILE_MAPS_LINE_H
#define PROFILE_MAPS_LINE_H

#include <stdbool.h>
#include <stdint.h>

struct maps_line {
    uint64_t start_ip, limit_ip; /* [start, limit) */
    uint64_t pgoff;
    bool is_executable;
    const char *path; /* within the text; "" for memory of no file */
};

/* False: it is no such line. The text ends in NUL, without a newline. */
bool maps_line_read(const char *text, struct maps_line *line);

#endif
