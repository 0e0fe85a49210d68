/* Any bytes as what `pgo-collect show` reads: refused, or rows and a page that hold no raw markup.
 */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../collect/demangle.h"
#include "../../collect/flame.h"
#include "../../collect/input.h"
#include "../../collect/top.h"
#include "profile/sampleprof_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Between the marks of the data there is no '<': a name cannot end the element. */
static void check_page(const struct flame_input *input)
{
    static const char start[] = "id=\"data\"", end[] = "</script>";
    struct strbuf page = {0};
    const char *at, *close;

    flame_write(input, &page);
    at = strstr(strbuf_text(&page), start);
    assert(at);
    close = strchr(at, '<');
    assert(close && strncmp(close, end, strlen(end)) == 0);
    strbuf_release(&page);
}

static void show_profile(struct profile *profile)
{
    if (!profile->value_type_count)
        return;
    demangle_profile(profile);
    for (int by = TOP_BY_FUNCTION; by <= TOP_BY_LABEL; by++) {
        struct top top = {.by = (enum top_by)by};

        top_add(&top, profile, 0, TOP_SHOWN);
        top_order(&top);
        top_release(&top);
    }
    check_page(&(struct flame_input){.shown = {.name = "fuzz", .profile = profile},
                                     .base = {.name = "base", .profile = profile}});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};

    if (sampleprof_form_of(data, size) == SAMPLEPROF_NONE) {
        struct profile *profile = input_parse(data, size, &err);

        if (profile)
            show_profile(profile);
        profile_free(profile);
    } else {
        struct sampleprof *counts = sampleprof_read_text((const char *)data, size, &err);

        if (counts)
            check_page(&(struct flame_input){.shown = {.name = "fuzz", .counts = counts}});
        sampleprof_free(counts);
    }
    return 0;
}
