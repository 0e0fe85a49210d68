#include "settings.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "pgo_collect.h"

#define CONFIG_BYTES_MAX 4096 /* of a struct by any header; more is a wrong size */

enum kind {
    KIND_TEXT,
    KIND_NUMBER,
    KIND_SECONDS, /* 90, 90s, 5m, 1h */
    KIND_BYTES,   /* 1000, 64K, 256M, 1G */
};

struct setting {
    const char *name;
    enum kind kind;
    size_t place; /* in struct settings */
    uint64_t standard, min, max;
    const char *expected;
};

#define PLACE(field) offsetof(struct settings, field)
static const struct setting table[] = {
    {"PGO_COLLECT_DIR", KIND_TEXT, PLACE(dir), 0, 0, 0, "a folder"},
    {"PGO_COLLECT_DIR_MAX", KIND_BYTES, PLACE(dir_max_bytes), UINT64_C(256) << 20, 1 << 16,
     UINT64_C(1) << 50, "bytes from 64K, as in 256M"},
    {"PGO_COLLECT_HTTP", KIND_TEXT, PLACE(http), 0, 0, 0, "HOST:PORT or unix:PATH"},
    {"PGO_COLLECT_PUSH", KIND_TEXT, PLACE(push), 0, 0, 0, "a URL"},
    {"PGO_COLLECT_INTERVAL", KIND_SECONDS, PLACE(interval_s), 60, 1, 86400,
     "a time from 1s to 24h, as in 60s or 5m"},
    {"PGO_COLLECT_HZ", KIND_NUMBER, PLACE(hz), 100, 1, 1000, "a number from 1 to 1000"},
    {"PGO_COLLECT_HEAP", KIND_BYTES, PLACE(heap_bytes), UINT64_C(512) << 10, 0, UINT64_C(1) << 40,
     "bytes between two samples, as in 512K; 0: off"},
    {"PGO_COLLECT_CMDLINE", KIND_NUMBER, PLACE(command_line), 0, 0, 1, "0 or 1"},
};

static char **text_place(struct settings *settings, const struct setting *setting)
{
    return (char **)((char *)settings + setting->place);
}

static uint64_t *number_place(struct settings *settings, const struct setting *setting)
{
    return (uint64_t *)((char *)settings + setting->place);
}

static uint64_t unit_of(enum kind kind, char letter)
{
    static const struct {
        enum kind kind;
        char letter;
        uint64_t unit;
    } units[] = {
        {KIND_SECONDS, 's', 1},     {KIND_SECONDS, 'm', 60},    {KIND_SECONDS, 'h', 3600},
        {KIND_BYTES, 'K', 1 << 10}, {KIND_BYTES, 'M', 1 << 20}, {KIND_BYTES, 'G', 1 << 30},
    };

    for (size_t i = 0; i < ARRAY_SIZE(units); i++)
        if (units[i].kind == kind && units[i].letter == letter)
            return units[i].unit;
    return 0;
}

static bool parse_number(enum kind kind, const char *text, uint64_t *value)
{
    size_t len = strlen(text);
    uint64_t unit = len ? unit_of(kind, text[len - 1]) : 0;
    char digits[32];

    if (len - (unit > 0) >= sizeof(digits))
        return false;
    memcpy(digits, text, len - (unit > 0));
    digits[len - (unit > 0)] = '\0';
    if (!number_parse_u64(digits, value))
        return false;
    *value = saturating_multiply(*value, unit ? unit : 1);
    return true;
}

static bool set_number(struct settings *settings, const struct setting *setting, uint64_t value,
                       struct err *err)
{
    if (value < setting->min || value > setting->max)
        return err_set(err, ERR_USAGE, "%s: %llu: expected %s", setting->name,
                       (unsigned long long)value, setting->expected);
    *number_place(settings, setting) = value;
    return true;
}

static bool set_from_text(struct settings *settings, const struct setting *setting,
                          const char *text, struct err *err)
{
    uint64_t value;

    if (setting->kind == KIND_TEXT) {
        *text_place(settings, setting) = mem_strdup(text);
        return true;
    }
    if (!parse_number(setting->kind, text, &value))
        return err_set(err, ERR_USAGE, "%s: '%s': expected %s", setting->name, text,
                       setting->expected);
    return set_number(settings, setting, value, err);
}

static void set_standard(struct settings *settings)
{
    *settings = (struct settings){0};
    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (table[i].kind != KIND_TEXT)
            *number_place(settings, &table[i]) = table[i].standard;
}

bool settings_from_environment(struct settings *settings, settings_lookup *lookup, struct err *err)
{
    struct settings made;

    set_standard(&made);
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const char *text = lookup(table[i].name);

        if (text && *text && !set_from_text(&made, &table[i], text, err)) {
            settings_release(&made);
            return false;
        }
    }
    *settings = made;
    return true;
}

/* A number of the struct under the rules of its variable; 0: the standard. */
static bool take_number(struct settings *settings, const char *name, uint64_t value,
                        struct err *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (strcmp(table[i].name, name) == 0)
            return value == 0 || set_number(settings, &table[i], value, err);
    return true;
}

static char *copy_text(const char *text)
{
    return text && *text ? mem_strdup(text) : NULL;
}

/*
 * The struct may be that of an older header, which ends earlier, or of a newer one: what is behind
 * must be 0 (as in clone3() and perf_event_open()). It grows at the end alone.
 */
static bool read_config(const struct pgo_collect_config *config, struct pgo_collect_config *known,
                        struct err *err)
{
    const size_t first_bytes = offsetof(struct pgo_collect_config, show_arguments);
    const unsigned char *bytes = (const unsigned char *)config;

    if (config->size < first_bytes || config->size > CONFIG_BYTES_MAX)
        return err_set(err, ERR_USAGE, "struct pgo_collect_config: size is %zu, expected %zu",
                       config->size, sizeof(*config));
    for (size_t i = sizeof(*known); i < config->size; i++)
        if (bytes[i])
            return err_set(err, ERR_USAGE,
                           "struct pgo_collect_config: byte %zu is not 0: a newer header's", i);
    *known = (struct pgo_collect_config){0};
    memcpy(known, config, config->size < sizeof(*known) ? config->size : sizeof(*known));
    return !known->reserved ||
           err_set(err, ERR_USAGE, "struct pgo_collect_config: reserved is not 0");
}

bool settings_from_config(struct settings *settings, const struct pgo_collect_config *config,
                          struct err *err)
{
    struct settings made;

    struct pgo_collect_config known;

    if (!read_config(config, &known, err))
        return false;
    config = &known;
    set_standard(&made);
    if (!take_number(&made, "PGO_COLLECT_HZ", config->hz, err) ||
        !take_number(&made, "PGO_COLLECT_INTERVAL", config->interval_seconds, err) ||
        !take_number(&made, "PGO_COLLECT_DIR_MAX", config->dir_max_bytes, err) ||
        !take_number(&made, "PGO_COLLECT_HEAP", config->heap_bytes, err) ||
        !take_number(&made, "PGO_COLLECT_CMDLINE", config->show_arguments, err))
        return false;
    made.dir = copy_text(config->dir);
    made.http = copy_text(config->http);
    made.push = copy_text(config->push);
    *settings = made;
    return true;
}

bool settings_ask_for_output(const struct settings *settings)
{
    return settings->dir || settings->http || settings->push;
}

const char *settings_name(unsigned index)
{
    return index < ARRAY_SIZE(table) ? table[index].name : NULL;
}

void settings_release(struct settings *settings)
{
    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (table[i].kind == KIND_TEXT)
            free(*text_place(settings, &table[i]));
    *settings = (struct settings){0};
}
