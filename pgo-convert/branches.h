/*
 * branches.h - what branch records say of one binary: ranges that ran in a row, and branches.
 *
 * A branch record lists the last branches that were taken. Between the target of one and the next
 * one's instruction the code ran straight on: that is a range. `struct branches b = {0};` is empty;
 * add in any order; equal ones add up. ranges.h makes counts of instructions of the ranges.
 *
 * Addresses are `vaddr`. A range is given by its first and its last instruction, both of which
 * ran: the hardware gives starts of instructions, and where the last one ends is known only once
 * the code has been read.
 */
#ifndef PGO_CONVERT_BRANCHES_H
#define PGO_CONVERT_BRANCHES_H

#include <stddef.h>
#include <stdint.h>

/* Where a branch comes from that is not in the binary: the kernel, a library, another program. */
#define BRANCHES_OUTSIDE UINT64_MAX

struct branches_pair {
    uint64_t from_vaddr, to_vaddr;
    uint64_t count; /* never 0 */
};

/* A hash table, open addressing; pairs come in no order until branches_sort(). */
struct branches_table {
    struct branches_pair *slots; /* an unused one has the count 0 */
    size_t count, slot_count;
};

struct branches {
    struct branches_table ranges; /* first instruction → last instruction */
    struct branches_table jumps;  /* branch, or BRANCHES_OUTSIDE → where it went */
};

void branches_add(struct branches_table *table, uint64_t from_vaddr, uint64_t to_vaddr,
                  uint64_t count);
void branches_release(struct branches *branches);

/* All pairs in order of from, then to; free() it. */
struct branches_pair *branches_sort(const struct branches_table *table);

#endif
