/* Any bytes as an executable: image, symbolizer, blocks over all of its symbols, and probes. */
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "binary/blocks.h"
#include "binary/debug_file.h"
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

static void take_text(void *data, const char *text)
{
    size_t *total = data;

    *total += strlen(text);
}

static void look_at_symbols(struct image *image)
{
    struct err err = {0};
    struct symbolizer *symbolizer = symbolizer_open(image, &err);
    const struct symbolizer_frame *frames;
    const struct image_symbol *symbols;
    size_t count, total = 0;

    symbols = image_symbols(image, &count);
    for (size_t i = 0; symbolizer && i < count && i < MAX_SYMBOLS; i++) {
        symbolizer_find(symbolizer, symbols[i].start_vaddr, &frames);
        symbolizer_find(symbolizer, symbols[i].end_vaddr - 1, &frames);
    }
    if (symbolizer) {
        symbolizer_visit_units(symbolizer,
                               &(struct symbolizer_visitor){take_text, take_text, &total});
        symbolizer_add_symbols(symbolizer, image);
    }
    symbolizer_close(symbolizer);
}

static void look_for_debug_file(const struct image *image)
{
    const struct debug_places places = {0};
    struct strbuf tried = {0};

    free(debug_file_find(image, &places, &tried));
    strbuf_release(&tried);
}

static char folder[] = "/tmp/fuzz-binary.XXXXXX";
static char *image_file, *package_file;

static void remove_files(void)
{
    unlink(image_file);
    unlink(package_file);
    rmdir(folder);
    free(image_file);
    free(package_file);
}

/* The input is also its own package of split DWARF. */
static void make_names(void)
{
    if (!mkdtemp(folder))
        abort();
    image_file = mem_format("%s/image", folder);
    package_file = mem_format("%s/image.dwp", folder);
    if (symlink(image_file, package_file) != 0)
        abort();
    atexit(remove_files);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct image *image;
    int fd;

    if (!image_file)
        make_names();
    fd = open(image_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || !file_write_fd(fd, data, size) || close(fd) != 0)
        abort();
    image = image_open(image_file, &err);
    if (image) {
        look_at_code(image);
        look_for_debug_file(image);
        (void)!image_attach_debug(image, image_file, &err);
        look_at_symbols(image);
    }
    image_close(image);
    return 0;
}
