#include "program_note.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>

#include "loader.h"
#include "note.h"

/* pgo-build writes them, see docs/formats.md. */
#define PROFILE_OWNER "pgo-build"
#define PROFILE_TYPE  1

struct search {
    const char *owner;
    uint32_t type;
    void (*found)(const unsigned char *data, size_t len, struct strbuf *out);
    struct strbuf *out;
};

static void walk_notes(struct notes rest, const struct search *search)
{
    struct note note;

    while (note_next(&rest, &note))
        if (note_is(&note, search->owner, search->type))
            search->found(note.data, note.data_bytes, search->out);
}

/* The first object is the program itself: it ends the iteration. */
static int walk_program(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_NOTE)
            walk_notes((struct notes){(const unsigned char *)(info->dlpi_addr +
                                                              info->dlpi_phdr[i].p_vaddr),
                                      info->dlpi_phdr[i].p_memsz},
                       data);
    return 1;
}

static void add_hex(const unsigned char *data, size_t len, struct strbuf *out)
{
    for (size_t i = 0; i < len; i++)
        strbuf_add_format(out, "%02x", data[i]);
}

/* The text behind the key of a line, up to the line's end. */
static bool find_line(const char *text, size_t len, const char *key, struct strbuf *out)
{
    const char *end = text + len;
    const size_t key_len = strlen(key);

    while (text < end) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));

        line_end = line_end ? line_end : end;
        if ((size_t)(line_end - text) >= key_len && memcmp(text, key, key_len) == 0) {
            strbuf_add(out, text + key_len, (size_t)(line_end - text) - key_len);
            return true;
        }
        text = line_end + (line_end < end);
    }
    return false;
}

static void add_profile(const unsigned char *data, size_t len, struct strbuf *out)
{
    const char *text = (const char *)data;

    len = strnlen(text, len);
    if (out->len)
        strbuf_add_text(out, ", ");
    if (!find_line(text, len, "profile ", out))
        strbuf_add_char(out, '?');
    strbuf_add_char(out, ' ');
    if (!find_line(text, len, "content ", out))
        strbuf_add_char(out, '?');
}

void program_note_build_id(struct strbuf *out)
{
    struct search search = {ELF_NOTE_GNU, NT_GNU_BUILD_ID, add_hex, out};

    if (loader_is_free())
        dl_iterate_phdr(walk_program, &search);
}

void program_note_profile(struct strbuf *out)
{
    struct search search = {PROFILE_OWNER, PROFILE_TYPE, add_profile, out};

    if (loader_is_free())
        dl_iterate_phdr(walk_program, &search);
}
