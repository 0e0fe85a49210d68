/*
 * stacks.h - how often each stack was sampled, and the profile that this makes.
 *
 * A frame is an ip and the mapping that held it when the sample was taken (an id of
 * address_space.h), leaf first. Equal stacks are counted together, if they have the same tag: a
 * number of the caller's, which stands for labels when the profile is built.
 */
#ifndef PROFILE_STACKS_H
#define PROFILE_STACKS_H

#include <stdbool.h>
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
    struct byteset stacks; /* arrays of stack_frame, the last one for the tag */
    uint64_t *counts;      /* by id in stacks */
    size_t count, capacity;
    struct stack_frame *key; /* scratch */
    size_t key_capacity;
};

/* The labels that a tag stands for; borrowed. */
struct stack_tag {
    const struct profile_label *labels;
    uint32_t count;
};

/* `samples` more of the stack of `count` frames. Returns the id of the stack, from 0 on. */
uint32_t stacks_add(struct stacks *stacks, const struct stack_frame *frames, size_t count,
                    uint64_t samples);
uint32_t stacks_add_tagged(struct stacks *stacks, uint32_t tag, const struct stack_frame *frames,
                           size_t count, uint64_t samples); /* stacks_add() is tag 0 */

/* Is it there already? Then one more sample of it needs no memory. */
bool stacks_has_tagged(struct stacks *stacks, uint32_t tag, const struct stack_frame *frames,
                       size_t count);

/*
 * Adds mappings, locations and samples to a profile that has the value types samples/count and
 * cpu/nanoseconds; a sample is worth period_ns of CPU time. Only mappings with samples are added,
 * the one with the most first: readers take the first for the program itself. Same stacks, same
 * profile, in whatever order they were added.
 */
void stacks_build(const struct stacks *stacks, const struct code_mapping *mappings,
                  size_t mapping_count, int64_t period_ns, struct profile *profile);

/* The same with the labels of each tag that was used; `tags` by tag, NULL: no labels. */
void stacks_build_tagged(const struct stacks *stacks, const struct stack_tag *tags,
                         const struct code_mapping *mappings, size_t mapping_count,
                         int64_t period_ns, struct profile *profile);

/*
 * The same for a profile of any value types: `values` fills in those of the sample that is the
 * stack `id`; they are zero.
 */
typedef void stack_values(const void *context, uint32_t id, int64_t *values);
void stacks_build_values(const struct stacks *stacks, const struct stack_tag *tags,
                         const struct code_mapping *mappings, size_t mapping_count,
                         stack_values *values, const void *context, struct profile *profile);

void stacks_release(struct stacks *stacks);

#endif
