#include "window.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "labels.h"

#define STACK_EXTRA_BYTES 96 /* of a stack in the table beside its frames, about */

struct window_tag {
    uint32_t label_set;
    uint32_t has_trace;
    uint8_t trace_id[16];
};

struct window *window_new(size_t bytes_max, int64_t period_ns)
{
    static const struct window_tag no_tag;
    struct window *window = mem_alloc(sizeof(*window));

    byteset_add(&window->tags, &no_tag, sizeof(no_tag));
    window->bytes_max = bytes_max;
    window->period_ns = period_ns;
    window->start_ns = clock_read_ns(CLOCK_REALTIME);
    window->start_steady_ns = clock_steady_ns();
    return window;
}

void window_free(struct window *window)
{
    if (!window)
        return;
    stacks_release(&window->stacks);
    byteset_release(&window->tags);
    free(window);
}

static uint32_t find_tag(struct window *window, const struct sample *sample)
{
    struct window_tag tag = {.label_set = sample->label_set};

    if (sample->flags & SAMPLE_TRACE) {
        tag.has_trace = 1;
        memcpy(tag.trace_id, sample->trace_id, sizeof(tag.trace_id));
    }
    if (window->bytes >= window->bytes_max) {
        uint32_t id = 0;

        return byteset_find(&window->tags, &tag, sizeof(tag), &id) ? id : 0;
    }
    return byteset_add(&window->tags, &tag, sizeof(tag));
}

/* Full: a new stack is its leaf alone; at twice the bound, not even that. */
static bool has_room(struct window *window, uint32_t tag, const struct stack_frame *frames,
                     size_t count)
{
    return window->bytes < window->bytes_max ||
           stacks_has_tagged(&window->stacks, tag, frames, count);
}

void window_add(struct window *window, const struct sample *sample, enum unwind_end end,
                const struct stack_frame *frames, size_t count)
{
    static const struct stack_frame unknown = {.mapping = ADDRESS_SPACE_NONE};
    uint32_t tag = find_tag(window, sample);
    size_t stack_count = window->stacks.count;

    window->weight += sample->weight;
    window->end_weights[end] += sample->weight;
    if (!has_room(window, tag, frames, count)) {
        window->cut_weight += sample->weight;
        tag = 0;
        count = 1;
        if (window->bytes >= 2 * window->bytes_max)
            frames = &unknown;
    }
    stacks_add_tagged(&window->stacks, tag, frames, count, sample->weight);
    if (window->stacks.count > stack_count)
        window->bytes += count * sizeof(*frames) + STACK_EXTRA_BYTES;
}

/* One tag's labels: those of the set, then the trace id as a traceparent header spells it. */
static struct stack_tag make_labels(const struct window_tag *tag, struct arena *arena)
{
    struct profile_label *labels =
        arena_array(arena, LABELS_KEY_COUNT_MAX + 1, sizeof(struct profile_label));
    uint32_t count = labels_get(tag->label_set, labels);
    char *text;

    if (!tag->has_trace)
        return (struct stack_tag){labels, count};
    text = arena_alloc(arena, 2 * sizeof(tag->trace_id) + 1);
    for (size_t i = 0; i < sizeof(tag->trace_id); i++)
        snprintf(text + 2 * i, 3, "%02x", tag->trace_id[i]);
    labels[count] = (struct profile_label){.key = LABELS_TRACE_KEY, .text = text, .unit = ""};
    return (struct stack_tag){labels, count + 1};
}

static struct stack_tag *make_tags(const struct window *window, struct arena *arena)
{
    struct stack_tag *tags = arena_array(arena, window->tags.count, sizeof(*tags));

    for (uint32_t i = 0; i < window->tags.count; i++) {
        struct window_tag tag;

        memcpy(&tag, byteset_at(&window->tags, i, NULL), sizeof(tag));
        tags[i] = make_labels(&tag, arena);
    }
    return tags;
}

struct profile *window_profile(const struct window *window, const struct code_mapping *mappings,
                               size_t mapping_count)
{
    struct profile *profile = profile_new();
    struct arena arena = {0};

    profile_add_value_type(profile, "samples", "count");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    profile->period_type = (struct profile_value_type){profile_intern(profile, "cpu"),
                                                       profile_intern(profile, "nanoseconds")};
    profile->period = window->period_ns;
    profile->time_ns = window->start_ns;
    profile->duration_ns = clock_steady_ns() - window->start_steady_ns;
    stacks_build_tagged(&window->stacks, make_tags(window, &arena), mappings, mapping_count,
                        window->period_ns, profile);
    arena_release(&arena);
    return profile;
}
