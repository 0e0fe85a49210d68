#include "profile/gperftools.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "profile/address_space.h"
#include "profile/maps_line.h"
#include "profile/stacks.h"

#define HEADER_SLOTS 5
#define PERIOD_SLOT  3

struct slots {
    const unsigned char *data;
    size_t count; /* whole ones in the file, its text included */
    size_t slot_bytes;
    bool is_big_endian;
};

static uint64_t slot_at(const struct slots *slots, size_t index)
{
    const unsigned char *at = slots->data + index * slots->slot_bytes;
    size_t last = slots->slot_bytes - 1;
    uint64_t value = 0;

    for (size_t i = 0; i <= last; i++)
        value |= (uint64_t)at[slots->is_big_endian ? last - i : i] << 8 * i;
    return value;
}

/* Only one form makes these three words of the first bytes. */
static bool find_form(const void *data, size_t len, struct slots *slots)
{
    for (int form = 0; form < 4; form++) {
        *slots = (struct slots){.data = data, .slot_bytes = form & 1 ? 8 : 4};
        slots->is_big_endian = form & 2;
        slots->count = len / slots->slot_bytes;
        if (slots->count >= 3 && slot_at(slots, 0) == 0 && slot_at(slots, 1) == 3 &&
            slot_at(slots, 2) == 0)
            return true;
    }
    return false;
}

bool gperftools_is(const void *data, size_t len)
{
    struct slots slots;

    return find_form(data, len, &slots);
}

/* The trailer is the one with a count of 0. */
struct record {
    uint64_t count;
    size_t first, depth; /* slots of the addresses */
};

static bool is_cut(const struct slots *slots, size_t slot, struct err *err)
{
    err_set(err, ERR_FORMAT, "the profile ends at byte %zu, in its samples",
            slot * slots->slot_bytes);
    return err_hint(err, "it was cut short: gperftools writes the end when the program calls "
                         "exit(), returns from main() or calls ProfilerStop()");
}

/* Moves *slot behind the record. */
static bool read_record(const struct slots *slots, size_t *slot, struct record *record,
                        struct err *err)
{
    uint64_t depth;

    if (slots->count - *slot < 2)
        return is_cut(slots, slots->count, err);
    record->count = slot_at(slots, *slot);
    depth = slot_at(slots, *slot + 1);
    record->first = *slot + 2;
    if (depth > slots->count - record->first)
        return is_cut(slots, slots->count, err);
    record->depth = (size_t)depth;
    if (depth == 0 || (record->count == 0 && (depth != 1 || slot_at(slots, record->first) != 0)))
        return err_set(err, ERR_FORMAT,
                       "record at byte %zu: count %" PRIu64 ", depth %" PRIu64
                       ", expected at least 1 of each",
                       *slot * slots->slot_bytes, record->count, depth);
    *slot = record->first + record->depth;
    return true;
}

/* Checks all records; the text follows the trailer. */
static bool find_text(const struct slots *slots, size_t *text_off, struct err *err)
{
    size_t slot = HEADER_SLOTS;
    struct record record;

    if (slots->count < HEADER_SLOTS)
        return is_cut(slots, slots->count, err);
    if (slot_at(slots, PERIOD_SLOT) == 0)
        return err_set(err, ERR_FORMAT, "a sampling period of 0");
    do {
        if (!read_record(slots, &slot, &record, err))
            return false;
    } while (record.count);
    *text_off = slot * slots->slot_bytes;
    return true;
}

static void map_line(struct address_spaces *spaces, const char *text)
{
    struct maps_line line;

    if (maps_line_read(text, &line) && line.is_executable && line.path[0])
        address_spaces_map(spaces, 0,
                           &(struct code_mapping){.start_ip = line.start_ip,
                                                  .limit_ip = line.limit_ip,
                                                  .pgoff = line.pgoff,
                                                  .file = line.path,
                                                  .build_id = ""});
}

/* Lines that are no mapping are passed over, as the format asks for. */
static bool read_maps(const char *text, size_t len, struct address_spaces *spaces, struct err *err)
{
    const char *end = text + len, *next;

    for (; text < end; text = next) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        char *line = mem_format("%.*s", (int)((newline ? newline : end) - text), text);

        map_line(spaces, line);
        free(line);
        next = newline ? newline + 1 : end;
    }
    if (spaces->mapping_count)
        return true;
    err_set(err, ERR_FORMAT,
            "no executable mapping after the samples, expected the lines of "
            "/proc/self/maps");
    return err_hint(err, "it was cut short, or written where /proc was not there: record it again");
}

static void add_stack(const struct slots *slots, const struct record *record,
                      const struct address_spaces *spaces, struct stack_frame *frames,
                      struct stacks *stacks)
{
    uint64_t leaf_ip = slot_at(slots, record->first);
    size_t count = 0;

    for (size_t i = 0; i < record->depth; i++) {
        uint64_t ip = slot_at(slots, record->first + i);

        if ((i == 1 && ip == leaf_ip) || (i > 0 && ip == 0))
            continue;
        ip -= i > 0; /* a return address follows its call */
        frames[count++] = (struct stack_frame){ip, address_spaces_find(spaces, 0, ip)};
    }
    stacks_add(stacks, frames, count, record->count);
}

/* After find_text(), which has checked the records. */
static void read_stacks(const struct slots *slots, const struct address_spaces *spaces,
                        struct stacks *stacks)
{
    struct stack_frame *frames = NULL;
    size_t slot = HEADER_SLOTS, capacity = 0;
    struct record record;
    struct err checked = {0};

    while (read_record(slots, &slot, &record, &checked) && record.count) {
        if (record.depth > capacity)
            frames = array_grow(frames, &capacity, record.depth, sizeof(*frames));
        add_stack(slots, &record, spaces, frames, stacks);
    }
    free(frames);
}

static struct profile *build(const struct stacks *stacks, const struct address_spaces *spaces,
                             uint64_t period_us)
{
    uint64_t period_ns = saturating_multiply(period_us, 1000);
    struct profile *profile = profile_new();

    profile_add_value_type(profile, "samples", "count");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    profile->period_type = profile->value_types[1];
    profile->period = period_ns > INT64_MAX ? INT64_MAX : (int64_t)period_ns;
    stacks_build(stacks, spaces->mappings, spaces->mapping_count, profile->period, profile);
    return profile;
}

struct profile *gperftools_read(const void *data, size_t len, struct err *err)
{
    struct address_spaces spaces = {0};
    struct stacks stacks = {0};
    struct profile *profile = NULL;
    struct slots slots;
    size_t text_off = 0;

    if (!find_form(data, len, &slots)) {
        err_set(err, ERR_FORMAT, "not a CPU profile by gperftools");
        return NULL;
    }
    if (find_text(&slots, &text_off, err) &&
        read_maps((const char *)data + text_off, len - text_off, &spaces, err)) {
        read_stacks(&slots, &spaces, &stacks);
        profile = build(&stacks, &spaces, slot_at(&slots, PERIOD_SLOT));
    }
    stacks_release(&stacks);
    address_spaces_release(&spaces);
    return profile;
}
