/*
 * section_zstd.h - the content of an ELF section that is compressed by zstd.
 *
 * Only for dwarf_file.c, and the one place of lib/binary that knows libzstd. libelf can do it since
 * 0.189; Debian 12 has 0.188. `section` is an Elf_Scn *.
 * Source of the format: System V ABI (gABI), "Section Compression": SHF_COMPRESSED, Elf32_Chdr and
 * Elf64_Chdr; ELFCOMPRESS_ZSTD is 2.
 */
#ifndef BINARY_SECTION_ZSTD_H
#define BINARY_SECTION_ZSTD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/memory.h"

/* Of a section with SHF_COMPRESSED: is it zstd? */
bool section_is_zstd(void *section);

/*
 * Decompresses it into the arena. ERR_FORMAT: damaged, of another size than its header says, or
 * said to be more than 1032 times as large: that is the most that zlib can do, and where libelf
 * stops to believe, too. Nothing is allocated before that check.
 */
MUST_CHECK bool section_zstd_read(void *section, struct arena *arena, const uint8_t **content,
                                  size_t *len, struct err *err);

#endif
