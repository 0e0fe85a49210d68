/*
 * code_map.h - which file's code lies at an ip of this process, now.
 *
 * Read from /proc/self/maps; build ids from the mapped notes, so that a file that was replaced
 * on disk still has its own. Ids of mappings stay: the same file at the same place keeps its id
 * over any number of refreshes, until 65,536 places or 4 MiB of names were seen: code that is new
 * then has none. Addresses are `ip`. `struct code_map map = {0};` is an empty one.
 */
#ifndef LIBPGOCOLLECT_CODE_MAP_H
#define LIBPGOCOLLECT_CODE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/byteset.h"
#include "profile/address_space.h"

struct code_map {
    struct code_mapping *mappings; /* by id */
    size_t mapping_count, mapping_capacity;
    struct byteset identities, texts;
    size_t text_bytes;
    struct code_range *ranges; /* what is there now, sorted */
    size_t range_count, range_capacity;
    unsigned long long loader_adds, loader_subs; /* of dl_iterate_phdr() at the last refresh */
    int64_t refreshed_ns;                        /* CLOCK_MONOTONIC */
};

/* Reads the mappings anew if the loader has added or removed an object since. True: it did. */
bool code_map_follow(struct code_map *map);

/* Reads the mappings anew. */
void code_map_refresh(struct code_map *map);

/* An ip was found where there was no code: it may have been made since. Once a second at most. */
bool code_map_refresh_if_old(struct code_map *map);

/* The id of the mapping at this ip, or ADDRESS_SPACE_NONE. */
uint32_t code_map_find(const struct code_map *map, uint64_t ip);

void code_map_release(struct code_map *map);

#endif
