#include "mapped_note.h"

#include <elf.h>
#include <link.h>
#include <string.h>

#include "note.h"
#include "own_memory.h"

enum {
    NOTE_BYTES_MAX = 4096,
    PROGRAM_HEADER_COUNT_MAX = 64,
    BUILD_ID_BYTES_MAX = (MAPPED_NOTE_TEXT_BYTES - 1) / 2,
};

static void format_hex(const unsigned char *bytes, size_t count, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < count; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * count] = '\0';
}

static bool find_build_id(struct notes rest, char *text)
{
    struct note note;

    while (note_next(&rest, &note))
        if (note_is(&note, ELF_NOTE_GNU, NT_GNU_BUILD_ID) &&
            note.data_bytes <= BUILD_ID_BYTES_MAX) {
            format_hex(note.data, note.data_bytes, text);
            return true;
        }
    return false;
}

static bool read_notes(uint64_t ip, uint64_t bytes, char *text)
{
    unsigned char notes[NOTE_BYTES_MAX];

    return bytes <= sizeof(notes) && own_memory_read(ip, notes, bytes) &&
           find_build_id((struct notes){notes, bytes}, text);
}

static bool read_program_headers(uint64_t start_ip, const ElfW(Ehdr) * header,
                                 ElfW(Phdr) * segments)
{
    return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_phentsize == sizeof(*segments) &&
           header->e_phnum <= PROGRAM_HEADER_COUNT_MAX &&
           own_memory_read(start_ip + header->e_phoff, segments,
                           header->e_phnum * sizeof(*segments));
}

bool mapped_note_read_build_id(uint64_t start_ip, char text[MAPPED_NOTE_TEXT_BYTES])
{
    ElfW(Phdr) segments[PROGRAM_HEADER_COUNT_MAX];
    ElfW(Ehdr) header;
    uint64_t bias = start_ip;

    text[0] = '\0';
    if (!own_memory_read(start_ip, &header, sizeof(header)) ||
        !read_program_headers(start_ip, &header, segments))
        return false;
    /* ip = vaddr + bias; the header is at file offset 0, in the first loaded segment. */
    for (size_t i = 0; i < header.e_phnum; i++)
        if (segments[i].p_type == PT_LOAD) {
            bias = start_ip - (segments[i].p_vaddr - segments[i].p_offset);
            break;
        }
    for (size_t i = 0; i < header.e_phnum; i++)
        if (segments[i].p_type == PT_NOTE &&
            read_notes(segments[i].p_vaddr + bias, segments[i].p_filesz, text))
            return true;
    return false;
}
