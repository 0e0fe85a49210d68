/*
 * stacks.h - how often each stack was sampled, and the profile that this makes.
 *
 * A frame is an ip and the mapping that held it when the sample was taken (an id of
 * address_space.h), leaf first. Equal stacks are counted together.
 */
#ifndef PROFILE_STACKS_H
#define PROFILE_STACKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/byteset.h"
#include "profile/address_space.h"
#include "profile/profile.h"

struct stack_frame {
    uint64_t ip;      /* leaf: the sampled instruction; callers: return address minus one */
    uint64_t mapping; /* an id or ADDRESS_SPACE_NONE; 64 bits, so that there is no padding */
};

struct stacks {
    struct byteset stacks; /* arrays of stack_frame */
    uint64_t *counts;      /* by id in stacks */
    size_t count, capacity;
};

/* `samples` more of the stack of `count` frames. */
void stacks_add(struct stacks *stacks, const struct stack_frame *frames, size_t count,
                uint64_t samples);

/*
 * Adds mappings, locations and samples to a profile that has the value types samples/count and
 * cpu/nanoseconds; a sample is worth period_ns of CPU time. Only mappings with samples are added,
 * the one with the most first: readers take the first for the program itself. Same stacks, same
 * profile, in whatever order they were added.
 */
void stacks_build(const struct stacks *stacks, const struct code_mapping *mappings,
                  size_t mapping_count, int64_t period_ns, struct profile *profile);

void stacks_release(struct stacks *stacks);

#endif
