#include "profile/perf_feature.h"

#include <string.h>

#include "base/memory.h"

enum {
    FEATURE_BUILD_ID = 2,
    FEATURE_OS_RELEASE = 4,
    FEATURE_VERSION = 5,
    FEATURE_ARCH = 6,
    FEATURE_EVENT_DESC = 12
};

#define BUILD_ID_FIELD_BYTES 24
#define MISC_BUILD_ID_SIZE   (1 << 15) /* the build id's length is known */

/*
 * header (type 0 or 67) | i32 pid | u8 build id[24] | file. Old perf wrote 20 bytes, zeros behind a
 * shorter id, which are taken off by four as ids are that long; newer ones set a bit and write the
 * length after the 20.
 */
void perf_feature_add_build_id(struct perf_header *header, struct perf_cursor record, uint16_t misc)
{
    struct perf_header_build_id build_id = {.len = PERF_RECORD_BUILD_ID_BYTES};
    const unsigned char *field;
    const char *file;

    perf_cursor_u32(&record);
    field = perf_cursor_take(&record, BUILD_ID_FIELD_BYTES);
    file = perf_cursor_text(&record);
    if (record.failed)
        return; /* a build id that is not known is no reason to refuse the samples */
    memcpy(build_id.bytes, field, sizeof(build_id.bytes));
    if (misc & MISC_BUILD_ID_SIZE && field[PERF_RECORD_BUILD_ID_BYTES] <= build_id.len)
        build_id.len = field[PERF_RECORD_BUILD_ID_BYTES];
    else
        while (build_id.len && memcmp(build_id.bytes + build_id.len - 4, "\0\0\0", 4) == 0)
            build_id.len -= 4;
    if (byteset_add_text(&header->files, file) == header->build_id_count)
        *ARRAY_PUSH(header->build_ids, header->build_id_count, header->build_id_capacity) =
            build_id;
}

static void read_build_ids(struct perf_header *header, struct perf_cursor section)
{
    while (section.left_bytes > PERF_CURSOR_HEADER_BYTES) {
        struct perf_cursor record = section;
        struct perf_cursor_header found = perf_cursor_header(&record);

        if (found.size_bytes < PERF_CURSOR_HEADER_BYTES || found.size_bytes > section.left_bytes)
            return;
        record.left_bytes = found.size_bytes - PERF_CURSOR_HEADER_BYTES;
        perf_feature_add_build_id(header, record, found.misc);
        perf_cursor_take(&section, found.size_bytes);
    }
}

/* u32 events | u32 attribute bytes | each: attribute | u32 ids | u32 length, name | u64 ids[] */
static void read_event_names(struct perf_header *header, struct perf_cursor section)
{
    uint32_t count = perf_cursor_u32(&section);
    uint32_t attr_bytes = perf_cursor_u32(&section);

    for (size_t i = 0; i < count && i < header->event_count; i++) {
        struct perf_cursor name;
        uint32_t ids;

        perf_cursor_take(&section, attr_bytes);
        ids = perf_cursor_u32(&section);
        name = section;
        name.left_bytes = perf_cursor_u32(&section);
        name.next = perf_cursor_take(&section, name.left_bytes);
        perf_cursor_take(&section, (size_t)ids * 8);
        if (section.failed)
            return; /* names are for messages alone */
        header->events[i].name = perf_cursor_text(&name);
    }
}

/* u32 length | text, its NUL and padding in the length */
static void read_text(struct perf_cursor section, const char **text)
{
    const char *found;

    perf_cursor_u32(&section);
    found = perf_cursor_text(&section);
    if (!section.failed)
        *text = found;
}

void perf_feature_read(struct perf_header *header, uint64_t feature, struct perf_cursor section)
{
    switch (feature) {
    case FEATURE_BUILD_ID:
        read_build_ids(header, section);
        break;
    case FEATURE_OS_RELEASE:
        read_text(section, &header->origin.kernel);
        break;
    case FEATURE_VERSION:
        read_text(section, &header->origin.perf_version);
        break;
    case FEATURE_ARCH:
        read_text(section, &header->origin.machine);
        break;
    case FEATURE_EVENT_DESC:
        read_event_names(header, section);
        break;
    }
}
