#include "base/content.h"

#include <stdio.h>
#include <xxhash.h>

struct content_name content_name(const void *data, size_t len)
{
    XXH128_hash_t hash = XXH3_128bits(data, len);
    struct content_name name;

    snprintf(name.text, sizeof(name.text), "%016llx%016llx", (unsigned long long)hash.high64,
             (unsigned long long)hash.low64);
    return name;
}
