/*
 * eh_source.h - where unwind tables are found and read: in this process, or in files.
 *
 * The provider fills in both functions; `context` is handed back to it. All addresses are ips.
 * Both return false when there is nothing there, and then leave their outputs alone.
 */
#ifndef COLLECT_EH_SOURCE_H
#define COLLECT_EH_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One object that is mapped, and its .eh_frame_hdr (PT_GNU_EH_FRAME). */
struct eh_object {
    uint64_t start_ip, end_ip; /* [start, end) of all its segments */
    uint64_t header_ip;        /* 0: the object has no such table */
};

struct eh_source {
    /* The object that `ip` lies in. */
    bool (*find)(void *context, uint64_t ip, struct eh_object *object);
    /* All of [ip, ip + len), without a fault, whatever the address. */
    bool (*read)(void *context, uint64_t ip, void *bytes, size_t len);
    void *context;
};

#endif
