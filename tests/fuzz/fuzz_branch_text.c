/* The text forms of branch records; the binary that they are of is this program. */
#include "../../pgo-convert/branch_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct image *image; /* this very program */
    struct binary binary = {0}, *items[] = {&binary};
    struct binaries binaries = {.items = items, .count = 1};
    struct report report = {0};
    struct err err = {0};
    bool done;

    if (!image)
        image = image_open("/proc/self/exe", &err);
    binary.image = image;
    done = branch_text_is((const char *)data, len) &&
           branch_text_read((const char *)data, len, 1, &binaries, &report, &err);
    (void)done;
    branches_release(&binary.branches);
    counts_release(&binary.samples);
    return 0;
}
