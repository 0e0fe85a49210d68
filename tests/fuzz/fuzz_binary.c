/* Any bytes as an executable: image, symbolizer, blocks over all of its symbols, and probes. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "binary/blocks.h"
#include "binary/probes.h"
#include "binary/symbolizer.h"

/* Bounds the work on one input, not what is accepted. */
#define MAX_SYMBOLS 64
#define MAX_CODE    4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at_code(const struct image *image)
{
    struct err err = {0};
    struct disassembler *disassembler = blocks_open(image, &err);
    struct blocks blocks = {0};
    size_t count;
    const struct image_symbol *symbols = image_symbols(image, &count);

    for (size_t i = 0; disassembler && i < count && i < MAX_SYMBOLS; i++)
        if (symbols[i].end_vaddr - symbols[i].start_vaddr <= MAX_CODE)
            (void)!blocks_read(disassembler, symbols[i].start_vaddr, symbols[i].end_vaddr, &blocks);
    blocks_release(&blocks);
    blocks_close(disassembler);
}

static void look_at_symbols(const struct image *image)
{
    struct err err = {0};
    struct symbolizer *symbolizer = symbolizer_open(image, &err);
    const struct symbolizer_frame *frames;
    const struct image_symbol *symbols;
    size_t count;

    symbols = image_symbols(image, &count);
    for (size_t i = 0; symbolizer && i < count && i < MAX_SYMBOLS; i++) {
        symbolizer_find(symbolizer, symbols[i].start_vaddr, &frames);
        symbolizer_find(symbolizer, symbols[i].end_vaddr - 1, &frames);
    }
    symbolizer_close(symbolizer);
}

static void look_at_probes(const struct image *image)
{
    struct err err = {0};

    probes_free(probes_read(image, &err));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("image", MFD_CLOEXEC);
    struct err err = {0};
    struct image *image;
    char path[64];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (!file_write_fd(fd, data, size)) {
        close(fd);
        return 0;
    }
    image = image_open(path, &err);
    if (image) {
        look_at_code(image);
        look_at_symbols(image);
        look_at_probes(image);
    }
    image_close(image);
    close(fd);
    return 0;
}
