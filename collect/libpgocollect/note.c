#include "note.h"

#include <link.h>
#include <string.h>

static size_t padded(size_t bytes)
{
    return (bytes + 3) & ~(size_t)3;
}

/* u32 name size, u32 data size, u32 type; the name, the data, each padded to 4 bytes. */
bool note_next(struct notes *rest, struct note *note)
{
    const unsigned char *at = rest->bytes;
    size_t left = rest->len, name_bytes, data_bytes;
    ElfW(Nhdr) head;

    if (left < sizeof(head))
        return false;
    memcpy(&head, at, sizeof(head));
    at += sizeof(head);
    left -= sizeof(head);
    name_bytes = padded(head.n_namesz);
    data_bytes = padded(head.n_descsz);
    if (name_bytes > left || data_bytes > left - name_bytes)
        return false;
    *note = (struct note){.type = head.n_type,
                          .name = at,
                          .data = at + name_bytes,
                          .name_bytes = head.n_namesz,
                          .data_bytes = head.n_descsz};
    *rest = (struct notes){note->data + data_bytes, left - name_bytes - data_bytes};
    return true;
}

bool note_is(const struct note *note, const char *owner, uint32_t type)
{
    return note->type == type && note->name_bytes == strlen(owner) + 1 &&
           memcmp(note->name, owner, note->name_bytes) == 0;
}
