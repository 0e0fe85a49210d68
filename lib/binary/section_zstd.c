#include "binary/section_zstd.h"

#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
#include <zstd.h>

#define TYPE_ZSTD 2 /* ELFCOMPRESS_ZSTD; glibc's elf.h has it since 2.37 */
#define MAX_RATIO 1032

bool section_is_zstd(void *section)
{
    GElf_Chdr header;

    return gelf_getchdr(section, &header) && header.ch_type == TYPE_ZSTD;
}

/* elf64_getchdr() refuses sections of 32-bit files, whose header is shorter. */
static size_t header_len(Elf_Scn *section)
{
    return elf64_getchdr(section) ? sizeof(Elf64_Chdr) : sizeof(Elf32_Chdr);
}

bool section_zstd_read(void *section, struct arena *arena, const uint8_t **content, size_t *len,
                       struct err *err)
{
    const Elf_Data *raw = elf_rawdata(section, NULL);
    size_t skip = header_len(section), packed_len, result;
    GElf_Chdr header;
    uint8_t *out;

    if (!raw || !gelf_getchdr(section, &header) || raw->d_size < skip)
        return err_set(err, ERR_FORMAT, "no header of a compressed section");
    packed_len = raw->d_size - skip;
    if (header.ch_size / MAX_RATIO > packed_len)
        return err_set(err, ERR_FORMAT,
                       "%zu bytes that say they were %" PRIu64 ", expected no more than %d times "
                       "as many",
                       packed_len, (uint64_t)header.ch_size, MAX_RATIO);
    out = arena_alloc(arena, header.ch_size);
    result = ZSTD_decompress(out, header.ch_size, (const uint8_t *)raw->d_buf + skip, packed_len);
    if (ZSTD_isError(result))
        return err_set(err, ERR_FORMAT, "zstd: %s", ZSTD_getErrorName(result));
    if (result != header.ch_size)
        return err_set(err, ERR_FORMAT, "zstd: found %zu bytes, expected %" PRIu64, result,
                       (uint64_t)header.ch_size);
    *content = out;
    *len = result;
    return true;
}
