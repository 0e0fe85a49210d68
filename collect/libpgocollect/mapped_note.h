/*
 * mapped_note.h - the build id of an ELF object that is mapped into this process.
 *
 * Every byte is read through own_memory.h: the object may be unmapped meanwhile, and what looks
 * like an object may be none.
 */
#ifndef LIBPGOCOLLECT_MAPPED_NOTE_H
#define LIBPGOCOLLECT_MAPPED_NOTE_H

#include <stdbool.h>
#include <stdint.h>

enum { MAPPED_NOTE_TEXT_BYTES = 2 * 64 + 1 };

/* start_ip: where the ELF header lies. False, and "", if there is no build id. */
bool mapped_note_read_build_id(uint64_t start_ip, char text[MAPPED_NOTE_TEXT_BYTES]);

#endif
