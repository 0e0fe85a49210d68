/* Any bytes as LLVM's text sample profile; what was read, written and read again stays the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "profile/sampleprof_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_twice(const struct sampleprof *tree)
{
    struct sampleprof_losses losses;
    struct strbuf first = {0}, second = {0};
    struct err err = {0};
    struct sampleprof *again;

    sampleprof_write_text(tree, &first, &losses);
    again = sampleprof_read_text(strbuf_text(&first), first.len, &err);
    if (!again)
        abort();
    sampleprof_write_text(again, &second, &losses);
    if (strcmp(strbuf_text(&first), strbuf_text(&second)) != 0)
        abort();
    sampleprof_free(again);
    strbuf_release(&first);
    strbuf_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct sampleprof *tree = sampleprof_read_text((const char *)data, size, &err);

    sampleprof_form_of(data, size);
    if (tree)
        write_twice(tree);
    sampleprof_free(tree);
    return 0;
}
