/*
 * The reader of unwind tables. Input: u64 ip, then an image that lies at IMAGE_IP, its header
 * (.eh_frame_hdr) at the start.
 */
#include <stdlib.h>
#include <string.h>

#include "../../collect/libpgocollect/eh_frame.h"

enum { IMAGE_IP = 0x10000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct image {
    const uint8_t *bytes;
    size_t len;
};

static bool read_image(void *context, uint64_t ip, void *bytes, size_t len)
{
    const struct image *image = context;

    if (ip < IMAGE_IP || ip - IMAGE_IP > image->len || image->len - (ip - IMAGE_IP) < len)
        return false;
    memcpy(bytes, image->bytes + (ip - IMAGE_IP), len);
    return true;
}

/* What a row says about an ip holds in a range around it. */
static void check(const struct eh_fde *fde, uint64_t ip)
{
    struct unwind_row row;
    struct eh_range range;

    eh_frame_row(fde, ip, &row, &range);
    if (range.start_ip > ip || range.end_ip <= ip || row.kind == ROW_NONE || row.kind > ROW_SLOW)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct image image;
    struct eh_source source = {.read = read_image, .context = &image};
    struct eh_fde *fde;
    uint64_t ip;

    if (len < sizeof(ip))
        return 0;
    memcpy(&ip, data, sizeof(ip));
    image = (struct image){data + sizeof(ip), len - sizeof(ip)};
    fde = malloc(sizeof(*fde)); /* so that a step beyond it is seen */
    if (fde && eh_frame_find(&source, IMAGE_IP, ip, fde)) {
        check(fde, ip);
        check(fde, fde->start_ip);
        check(fde, fde->end_ip - 1);
    }
    free(fde);
    return 0;
}
