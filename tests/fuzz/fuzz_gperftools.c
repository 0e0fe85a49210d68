/* Any bytes as a profile by gperftools: refused, or a profile that is a good pprof. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "profile/gperftools.h"
#include "profile/pprof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct profile *profile = gperftools_read(data, size, &err), *again;
    struct strbuf out = {0};

    assert(!profile || gperftools_is(data, size));
    if (!profile)
        return 0;
    pprof_write(profile, &out);
    again = pprof_read(out.data, out.len, &err);
    assert(again);
    assert(again->sample_count == profile->sample_count);
    profile_free(profile);
    profile_free(again);
    strbuf_release(&out);
    return 0;
}
