#include "eh_frame.h"

#include <string.h>

#include "binary/cursor.h"

/*
 * .eh_frame_hdr, as every linker writes it; other encodings are allowed, and not read here:
 *
 *     u8 version 1 · u8 encoding of eh_frame_ptr 0x1b · u8 of fde_count 0x03 · u8 of table 0x3b
 *     i32 eh_frame_ptr · u32 fde_count
 *     fde_count times, ascending: i32 start of the function · i32 its FDE, both from the header
 */
enum { HEADER_BYTES = 12, ENTRY_BYTES = 8 };
static const uint8_t HEADER_START[4] = {1, 0x1b, 0x03, 0x3b};

/* Pointer encodings: the low four bits are the form, then what is added. */
enum {
    FORM_MASK = 0x0f,
    FORM_ADDRESS = 0x00,
    FORM_ULEB = 0x01,
    FORM_U16 = 0x02,
    FORM_U32 = 0x03,
    FORM_U64 = 0x04,
    FORM_SLEB = 0x09,
    FORM_I16 = 0x0a,
    FORM_I32 = 0x0b,
    FORM_I64 = 0x0c,
    BASE_MASK = 0x70,
    BASE_NONE = 0x00,
    BASE_SELF = 0x10, /* the address of the pointer itself */
    ENCODING_INDIRECT = 0x80,
    ENCODING_OMIT = 0xff,
};

/* A record's bytes after its length, and where they lie in memory. */
struct record {
    uint64_t ip;
    size_t len;
    uint8_t bytes[EH_RECORD_MAX_BYTES];
};

struct cie {
    uint64_t code_align, data_align;
    uint8_t encoding; /* of the FDE's addresses */
    bool has_augmentation, is_signal_frame;
};

static bool read_record(const struct eh_source *source, uint64_t ip, struct record *record)
{
    uint32_t len;

    if (!source->read(source->context, ip, &len, sizeof(len)))
        return false;
    /* 0 is the end of the section, 0xffffffff a 64-bit length, which nobody writes. */
    if (len < 4 || len > sizeof(record->bytes))
        return false;
    record->ip = ip + sizeof(len);
    record->len = len;
    return source->read(source->context, record->ip, record->bytes, len);
}

/* The value as it is stored: what is added comes from the caller. */
static uint64_t read_form(struct cursor *cursor, uint8_t encoding)
{
    switch (encoding & FORM_MASK) {
    case FORM_ADDRESS:
    case FORM_U64:
    case FORM_I64:
        return cursor_u64(cursor);
    case FORM_ULEB:
        return cursor_uleb(cursor);
    case FORM_SLEB:
        return cursor_sleb(cursor);
    case FORM_U16:
        return cursor_u16(cursor);
    case FORM_U32:
        return cursor_u32(cursor);
    case FORM_I16:
        return (uint64_t)(int16_t)cursor_u16(cursor);
    case FORM_I32:
        return (uint64_t)(int32_t)cursor_u32(cursor);
    default:
        cursor->is_damaged = true;
        return 0;
    }
}

static uint64_t read_pointer(struct cursor *cursor, const struct record *record, uint8_t encoding)
{
    uint64_t self_ip = record->ip + (uint64_t)(cursor->at - record->bytes);
    uint64_t value = read_form(cursor, encoding);

    if ((encoding & BASE_MASK) == BASE_SELF)
        return self_ip + value;
    if ((encoding & BASE_MASK) != BASE_NONE || encoding & ENCODING_INDIRECT)
        cursor->is_damaged = true;
    return value;
}

/* What the letters after 'z' announce: P personality, L and R encodings, S a signal frame. */
static void read_augmentation(struct cursor *cursor, const char *letters, struct cie *cie)
{
    uint64_t len = cursor_uleb(cursor);
    const uint8_t *bytes = cursor_take(cursor, len);
    struct cursor data = {.at = bytes, .end = bytes ? bytes + len : NULL};

    cie->has_augmentation = true;
    for (; *letters; letters++) {
        if (*letters == 'R')
            cie->encoding = cursor_u8(&data);
        else if (*letters == 'L')
            cursor_u8(&data);
        else if (*letters == 'P')
            read_form(&data, cursor_u8(&data));
        else if (*letters == 'S')
            cie->is_signal_frame = true;
        else if (*letters != 'B') /* AArch64: return addresses are signed */
            cursor->is_damaged = true;
    }
    cursor->is_damaged |= data.is_damaged;
}

/*
 * u32 id 0 · u8 version 1 or 3 · augmentation string · uleb code align · sleb data align ·
 * return address register (u8, version 3: uleb) · augmentation data · program
 */
static bool parse_cie(const struct record *record, struct cie *cie, struct cursor *cursor)
{
    const uint8_t *letters, *nul;
    uint8_t version;

    *cursor = (struct cursor){.at = record->bytes, .end = record->bytes + record->len};
    *cie = (struct cie){.encoding = FORM_ADDRESS};
    if (cursor_u32(cursor) != 0)
        return false;
    version = cursor_u8(cursor);
    letters = cursor->at;
    nul = memchr(letters, '\0', (size_t)(cursor->end - letters));
    if (!nul || (version != 1 && version != 3))
        return false;
    cursor->at = nul + 1;
    cie->code_align = cursor_uleb(cursor);
    cie->data_align = cursor_sleb(cursor);
    if ((version == 1 ? cursor_u8(cursor) : cursor_uleb(cursor)) != 16)
        return false;
    if (letters[0] == 'z')
        read_augmentation(cursor, (const char *)letters + 1, cie);
    else if (letters[0])
        return false;
    return !cursor->is_damaged && (size_t)(cursor->end - cursor->at) <= EH_CIE_MAX_BYTES;
}

/* u32 distance back to the CIE · start · length, both encoded · augmentation data · program */
static bool parse_fde(const struct record *record, const struct cie *cie, struct eh_fde *fde)
{
    struct cursor cursor = {.at = record->bytes, .end = record->bytes + record->len};
    uint64_t len;

    cursor_u32(&cursor);
    if (cie->encoding == ENCODING_OMIT)
        return false;
    fde->start_ip = read_pointer(&cursor, record, cie->encoding);
    fde->end_ip = fde->start_ip + read_form(&cursor, cie->encoding);
    if (cie->has_augmentation) {
        len = cursor_uleb(&cursor);
        cursor_take(&cursor, len);
    }
    if (cursor.is_damaged || fde->end_ip < fde->start_ip)
        return false;
    fde->code_align = cie->code_align;
    fde->data_align = cie->data_align;
    fde->is_signal_frame = cie->is_signal_frame;
    len = (uint64_t)(cursor.end - cursor.at);
    memcpy(fde->program + fde->cie_program_len, cursor.at, len);
    fde->program_len = fde->cie_program_len + len;
    return true;
}

static bool read_fde(const struct eh_source *source, uint64_t fde_ip, struct eh_fde *fde)
{
    struct record record;
    struct cursor program;
    struct cie cie;
    uint32_t back;

    if (!source->read(source->context, fde_ip + 4, &back, sizeof(back)) || back == 0)
        return false;
    if (!read_record(source, fde_ip + 4 - back, &record) || !parse_cie(&record, &cie, &program))
        return false;
    fde->cie_program_len = (size_t)(program.end - program.at);
    memcpy(fde->program, program.at, fde->cie_program_len);
    return read_record(source, fde_ip, &record) && parse_fde(&record, &cie, fde);
}

static bool read_entry(const struct eh_source *source, uint64_t header_ip, uint32_t index,
                       uint64_t *start_ip, uint64_t *fde_ip)
{
    uint64_t entry_ip = header_ip + HEADER_BYTES + (uint64_t)index * ENTRY_BYTES;
    int32_t entry[2];

    if (!source->read(source->context, entry_ip, entry, sizeof(entry)))
        return false;
    *start_ip = header_ip + (uint64_t)entry[0];
    *fde_ip = header_ip + (uint64_t)entry[1];
    return true;
}

bool eh_frame_find(const struct eh_source *source, uint64_t header_ip, uint64_t ip,
                   struct eh_fde *fde)
{
    uint8_t header[HEADER_BYTES];
    uint64_t start_ip, fde_ip, found_ip = 0;
    uint32_t low = 0, high;

    if (!source->read(source->context, header_ip, header, sizeof(header)) ||
        memcmp(header, HEADER_START, sizeof(HEADER_START)) != 0)
        return false;
    memcpy(&high, header + 8, sizeof(high));
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (!read_entry(source, header_ip, middle, &start_ip, &fde_ip))
            return false;
        if (start_ip <= ip) {
            found_ip = fde_ip;
            low = middle + 1;
        } else
            high = middle;
    }
    if (!found_ip || !read_fde(source, found_ip, fde))
        return false;
    return fde->start_ip <= ip && ip < fde->end_ip;
}
