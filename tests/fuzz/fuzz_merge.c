/* Any two profiles added up, in both orders: the same bytes, or the same refusal. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "profile/pprof.h"
#include "profile/profile_merge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool merge_two(const struct profile *a, const struct profile *b, struct strbuf *out)
{
    struct profile_merge *merge = profile_merge_new(PROFILE_MERGE_PLAIN);
    struct err err = {0};
    bool done = profile_merge_add(merge, a, 1, &err) && profile_merge_add(merge, b, 1, &err);

    if (done) {
        struct profile *sum = profile_merge_build(merge);

        pprof_write(sum, out);
        profile_free(sum);
    }
    profile_merge_free(merge);
    return done;
}

static void compare_orders(const struct profile *a, const struct profile *b)
{
    struct strbuf first = {0}, second = {0};

    assert(merge_two(a, b, &first) == merge_two(b, a, &second));
    assert(first.len == second.len);
    assert(!first.len || memcmp(first.data, second.data, first.len) == 0);
    strbuf_release(&first);
    strbuf_release(&second);
}

/* The first two bytes say where the second profile begins. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct profile *a, *b = NULL;
    size_t half;

    if (size < 2)
        return 0;
    half = (data[0] | (size_t)data[1] << 8) % size;
    a = pprof_read(data + 2, half > size - 2 ? size - 2 : half, &err);
    if (a && half < size - 2)
        b = pprof_read(data + 2 + half, size - 2 - half, &err);
    if (a)
        compare_orders(a, b ? b : a);
    profile_free(a);
    profile_free(b);
    return 0;
}
