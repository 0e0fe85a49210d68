/*
 * symbolize: what our symbolizer says, one line an address, to compare with another one's.
 *
 * usage: symbolize [-d] BINARY <ADDRESSES
 *
 * For each hexadecimal vaddr: "VADDR FUNCTION:LINE FUNCTION:LINE ...", innermost first, linkage
 * names. No frame: no function is known there. With -d each LINE is LINE.DISCRIMINATOR, as it
 * stands in DWARF.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "binary/symbolizer.h"

static void print_stack(struct symbolizer *symbolizer, uint64_t vaddr, bool with_discriminators)
{
    const struct symbolizer_frame *frames;
    size_t count = symbolizer_find(symbolizer, vaddr, &frames);

    printf("%" PRIx64, vaddr);
    for (size_t i = 0; i < count; i++) {
        printf(" %s:%u", frames[i].function->linkage_name, frames[i].line);
        if (with_discriminators)
            printf(".%u", frames[i].discriminator);
    }
    putchar('\n');
}

int main(int argc, char **argv)
{
    bool with_discriminators = argc > 1 && strcmp(argv[1], "-d") == 0;
    const char *path = argc == 2 + with_discriminators ? argv[argc - 1] : NULL;
    struct err err = {0};
    struct image *image = path ? image_open(path, &err) : NULL;
    struct symbolizer *symbolizer = image ? symbolizer_open(image, &err) : NULL;
    char *line = NULL;
    size_t capacity = 0;

    if (!symbolizer)
        fprintf(stderr, "symbolize: %s\n", path ? err.message : "expected one BINARY");
    while (symbolizer && getline(&line, &capacity, stdin) > 0) {
        uint64_t vaddr;

        line[strcspn(line, "\n")] = '\0';
        if (!number_parse_hex(line, &vaddr)) {
            fprintf(stderr, "symbolize: not an address: %s\n", line);
            break;
        }
        print_stack(symbolizer, vaddr, with_discriminators);
    }
    free(line);
    symbolizer_close(symbolizer);
    image_close(image);
    return symbolizer && feof(stdin) ? 0 : 1;
}
