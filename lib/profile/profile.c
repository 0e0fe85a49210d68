#include "profile/profile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct profile *profile_new(void)
{
    struct profile *profile = mem_alloc(sizeof(*profile));

    profile->default_type = profile_intern(profile, "");
    profile->period_type.type = profile->default_type;
    profile->period_type.unit = profile->default_type;
    return profile;
}

void profile_free(struct profile *profile)
{
    if (!profile)
        return;
    arena_release(&profile->arena);
    byteset_release(&profile->strings);
    free(profile->value_types);
    free(profile->mappings);
    free(profile->functions);
    free(profile->locations);
    free(profile->samples);
    free(profile->comments);
    free(profile);
}

const char *profile_intern(struct profile *profile, const char *text)
{
    return profile_intern_bytes(profile, text, strlen(text));
}

const char *profile_intern_bytes(struct profile *profile, const void *bytes, size_t len)
{
    uint32_t id = byteset_add(&profile->strings, bytes, strnlen(bytes, len));

    return byteset_at(&profile->strings, id, NULL);
}

uint32_t profile_add_value_type(struct profile *profile, const char *type, const char *unit)
{
    *ARRAY_PUSH(profile->value_types, profile->value_type_count, profile->value_type_capacity) =
        (struct profile_value_type){profile_intern(profile, type), profile_intern(profile, unit)};
    return (uint32_t)profile->value_type_count - 1;
}

uint32_t profile_add_mapping(struct profile *profile, const struct profile_mapping *mapping)
{
    *ARRAY_PUSH(profile->mappings, profile->mapping_count, profile->mapping_capacity) = *mapping;
    return (uint32_t)profile->mapping_count - 1;
}

uint32_t profile_add_function(struct profile *profile, const struct profile_function *function)
{
    *ARRAY_PUSH(profile->functions, profile->function_count, profile->function_capacity) =
        *function;
    return (uint32_t)profile->function_count - 1;
}

uint32_t profile_add_location(struct profile *profile, const struct profile_location *location)
{
    *ARRAY_PUSH(profile->locations, profile->location_count, profile->location_capacity) =
        *location;
    return (uint32_t)profile->location_count - 1;
}

void profile_add_comment(struct profile *profile, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    *ARRAY_PUSH(profile->comments, profile->comment_count, profile->comment_capacity) =
        profile_intern(profile, text);
}

struct profile_sample *profile_add_sample(struct profile *profile, const uint32_t *locations,
                                          size_t location_count)
{
    struct profile_sample *sample =
        ARRAY_PUSH(profile->samples, profile->sample_count, profile->sample_capacity);

    *sample = (struct profile_sample){
        .locations = arena_memdup(&profile->arena, locations, location_count * sizeof(*locations)),
        .location_count = (uint32_t)location_count,
        .values = arena_array(&profile->arena, profile->value_type_count, sizeof(*sample->values)),
    };
    return sample;
}

static bool find_type(const struct profile *profile, const char *type, uint32_t *index)
{
    for (size_t i = 0; i < profile->value_type_count; i++) {
        if (strcmp(profile->value_types[i].type, type) == 0) {
            *index = (uint32_t)i;
            return true;
        }
    }
    return false;
}

static int64_t nanoseconds_of(const char *unit)
{
    if (strcmp(unit, "nanoseconds") == 0)
        return 1;
    if (strcmp(unit, "microseconds") == 0)
        return 1000;
    if (strcmp(unit, "milliseconds") == 0)
        return 1000000;
    return strcmp(unit, "seconds") == 0 ? 1000000000 : 0;
}

/* A value in a unit of time becomes samples by the period, where both are times. */
static int64_t period_in_unit(const struct profile *profile, const char *unit)
{
    int64_t value_ns = nanoseconds_of(unit), period_ns = nanoseconds_of(profile->period_type.unit);
    int64_t period;

    if (!value_ns || !period_ns || profile->period <= 0 ||
        __builtin_mul_overflow(profile->period, period_ns, &period))
        return 1;
    return period / value_ns > 0 ? period / value_ns : 1;
}

bool profile_find_weight(const struct profile *profile, const char *wanted,
                         struct profile_weight *weight, struct err *err)
{
    uint32_t value;

    if (!profile->value_type_count)
        return err_set(err, ERR_FORMAT, "no sample types");
    if (wanted) {
        if (!find_type(profile, wanted, &value)) {
            err_set(err, ERR_NOT_FOUND, "no sample type '%s'", wanted);
            return err_hint(err, "the profile has '%s'%s", profile->value_types[0].type,
                            profile->value_type_count > 1 ? " and others" : " alone");
        }
    } else if (!find_type(profile, "samples", &value) && !find_type(profile, "cpu", &value) &&
               !find_type(profile, profile->default_type, &value)) {
        value = (uint32_t)profile->value_type_count - 1;
    }
    *weight =
        (struct profile_weight){value, period_in_unit(profile, profile->value_types[value].unit)};
    return true;
}

bool profile_weighs_memory(const struct profile *profile, const struct profile_weight *weight)
{
    return strcmp(profile->value_types[weight->value].unit, "bytes") == 0;
}
