/* Any bytes as the text of --input=counts. */
#include <stddef.h>
#include <stdint.h>

#include "../../pgo-convert/counts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct counts counts = {0};
    struct err err = {0};

    if (counts_read((const char *)data, size, &counts, &err))
        counts_sort(&counts);
    counts_release(&counts);
    return 0;
}
