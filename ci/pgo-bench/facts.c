#include "pgo-bench/facts.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/page.h"
#include "base/path.h"
#include "base/strbuf.h"

#define MAX_FILE_BYTES  ((size_t)64 * 1024 * 1024)
#define MAX_FLAME_COUNT 8 /* the page is as large as all of them */

static const struct facts_build unknown_build = {"", "", "", ""};
static const char form[] = "pgo-bench facts 1";

/* One file under way. */
struct reader {
    struct facts *facts;
    const char *path;
    struct err *err;
};

static bool fail(const struct reader *reader, const char *field, const char *expected)
{
    return err_set(reader->err, ERR_FORMAT, "%s: %s: expected %s", reader->path, field, expected);
}

/* A field that may be missing, or null; else it must be a text. */
static bool read_text(const struct reader *reader, const json_t *object, const char *field,
                      const char **text)
{
    const json_t *value = json_object_get(object, field);

    if (!value || json_is_null(value))
        return true;
    if (!json_is_string(value))
        return fail(reader, field, "a text");
    *text = arena_strdup(&reader->facts->arena, json_string_value(value));
    return true;
}

static bool read_number(const struct reader *reader, const json_t *object, const char *field,
                        double *number)
{
    const json_t *value = json_object_get(object, field);

    if (!value || json_is_null(value))
        return true;
    if (!json_is_number(value) || json_number_value(value) < 0)
        return fail(reader, field, "a number of 0 or more");
    *number = json_number_value(value);
    return true;
}

/* Paths in a file are relative to it. */
static bool read_path(const struct reader *reader, const json_t *object, const char *field,
                      const char **path)
{
    const char *text = "";
    char *folder, *joined;

    if (!read_text(reader, object, field, &text))
        return false;
    if (!*text)
        return true;
    folder = path_folder(reader->path);
    joined = *text == '/' ? mem_strdup(text) : path_join(folder, text);
    *path = arena_strdup(&reader->facts->arena, joined);
    free(folder);
    free(joined);
    return true;
}

/* The member of that name; NULL if it is missing. Another kind is an error. */
static bool read_member(const struct reader *reader, const json_t *object, const char *field,
                        json_type type, const json_t **member)
{
    *member = json_object_get(object, field);
    if (!*member || json_typeof(*member) == type)
        return true;
    return fail(reader, field, type == JSON_ARRAY ? "a list" : "an object");
}

/* Each object of a list that may be missing. */
static bool read_list(struct reader *reader, const json_t *object, const char *field,
                      bool (*read)(struct reader *, const json_t *))
{
    const json_t *list;

    if (!read_member(reader, object, field, JSON_ARRAY, &list))
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);

        if (!json_is_object(item))
            return fail(reader, field, "a list of objects");
        if (!read(reader, item))
            return false;
    }
    return true;
}

static bool read_build(const struct reader *reader, const json_t *facts, const char *field,
                       struct facts_build *build)
{
    const json_t *object;

    return read_member(reader, facts, field, JSON_OBJECT, &object) &&
           (!object || (read_text(reader, object, "label", &build->label) &&
                        read_text(reader, object, "compiler", &build->compiler) &&
                        read_text(reader, object, "flags", &build->flags) &&
                        read_path(reader, object, "binary", &build->binary)));
}

static bool read_cost(struct reader *reader, const json_t *object)
{
    struct facts *facts = reader->facts;
    struct facts_cost cost = {
        "", FACTS_UNKNOWN, FACTS_UNKNOWN, FACTS_UNKNOWN, FACTS_UNKNOWN, FACTS_UNKNOWN};

    if (!read_text(reader, object, "name", &cost.name) ||
        !read_number(reader, object, "wall_s", &cost.wall_s) ||
        !read_number(reader, object, "cpu_s", &cost.cpu_s) ||
        !read_number(reader, object, "compiles", &cost.compiles) ||
        !read_number(reader, object, "cache_hits", &cost.cache_hits) ||
        !read_number(reader, object, "cache_misses", &cost.cache_misses))
        return false;
    *ARRAY_PUSH(facts->costs, facts->cost_count, facts->cost_capacity) = cost;
    return true;
}

static bool read_flame(struct reader *reader, const json_t *object)
{
    struct facts *facts = reader->facts;
    struct facts_flame flame = {"", ""};

    if (!read_text(reader, object, "name", &flame.name) ||
        !read_path(reader, object, "file", &flame.path))
        return false;
    if (!*flame.path)
        return fail(reader, "flames: file", "the name of a page");
    if (!page_is_page(flame.path)) {
        err_set(reader->err, ERR_FORMAT, "%s: no web page", flame.path);
        return err_hint(reader->err, "pgo-collect show --flame=FILE.html writes one");
    }
    if (facts->flame_count == MAX_FLAME_COUNT)
        return err_set(reader->err, ERR_LIMIT, "%s: flames: more than %d", reader->path,
                       MAX_FLAME_COUNT);
    *ARRAY_PUSH(facts->flames, facts->flame_count, facts->flame_capacity) = flame;
    return true;
}

static bool read_facts(struct reader *reader, const json_t *object)
{
    struct facts *facts = reader->facts;

    return read_text(reader, object, "title", &facts->title) &&
           read_text(reader, object, "commit", &facts->commit) &&
           read_build(reader, object, "base", &facts->base) &&
           read_build(reader, object, "test", &facts->test) &&
           read_list(reader, object, "builds", read_cost) &&
           read_list(reader, object, "flames", read_flame);
}

static bool read_profile(struct reader *reader, const json_t *object)
{
    struct facts_use *use = &reader->facts->uses[reader->facts->use_count - 1];
    struct facts_profile profile = {"", "", "", "", "", FACTS_UNKNOWN, FACTS_UNKNOWN};

    if (!read_text(reader, object, "file", &profile.file) ||
        !read_text(reader, object, "kind", &profile.kind) ||
        !read_text(reader, object, "by", &profile.by) ||
        !read_text(reader, object, "recorded_from", &profile.recorded_from) ||
        !read_text(reader, object, "recorded_to", &profile.recorded_to) ||
        !read_number(reader, object, "samples", &profile.samples) ||
        !read_number(reader, object, "functions", &profile.functions))
        return false;
    *ARRAY_PUSH(use->profiles, use->profile_count, use->profile_capacity) = profile;
    return true;
}

static bool read_use(struct reader *reader, const json_t *object)
{
    struct facts *facts = reader->facts;
    struct facts_use use = {FACTS_UNKNOWN,
                            FACTS_UNKNOWN,
                            FACTS_UNKNOWN,
                            FACTS_UNKNOWN,
                            FACTS_UNKNOWN,
                            FACTS_UNKNOWN,
                            NULL,
                            0,
                            0};
    const json_t *compiles;

    if (!read_member(reader, object, "compiles", JSON_OBJECT, &compiles) ||
        !read_number(reader, compiles, "total", &use.compiles) ||
        !read_number(reader, compiles, "with_profile", &use.with_profile) ||
        !read_number(reader, compiles, "cache_hits", &use.cache_hits) ||
        !read_number(reader, compiles, "cache_misses", &use.cache_misses) ||
        !read_number(reader, object, "samples_found_pct", &use.found_pct) ||
        !read_number(reader, object, "samples_changed_pct", &use.changed_pct))
        return false;
    *ARRAY_PUSH(facts->uses, facts->use_count, facts->use_capacity) = use;
    return read_list(reader, object, "profiles", read_profile);
}

static bool read_conversion(struct reader *reader, const json_t *object)
{
    struct facts *facts = reader->facts;
    struct facts_conversion conversion = {"", FACTS_UNKNOWN, FACTS_UNKNOWN, FACTS_UNKNOWN};
    const json_t *inputs, *samples;

    if (!read_member(reader, object, "inputs", JSON_ARRAY, &inputs) ||
        !read_member(reader, object, "samples", JSON_OBJECT, &samples) ||
        !read_text(reader, json_array_get(inputs, 0), "file", &conversion.input) ||
        !read_number(reader, samples, "read", &conversion.read) ||
        !read_number(reader, samples, "by_address", &conversion.by_address) ||
        !read_number(reader, samples, "by_line", &conversion.by_line))
        return false;
    *ARRAY_PUSH(facts->conversions, facts->conversion_count, facts->conversion_capacity) =
        conversion;
    return true;
}

static bool starts_with(const json_t *object, const char *field, const char *start)
{
    const char *text = json_string_value(json_object_get(object, field));

    return text && strncmp(text, start, strlen(start)) == 0;
}

static bool read_kind(struct reader *reader, const json_t *object)
{
    const char *is = json_string_value(json_object_get(object, "form"));

    if (is && strcmp(is, form) == 0)
        return read_facts(reader, object);
    if (starts_with(object, "tool", "pgo-build "))
        return read_use(reader, object);
    if (starts_with(object, "tool", "pgo-convert "))
        return read_conversion(reader, object);
    err_set(reader->err, ERR_FORMAT,
            "%s: neither build facts nor a report of pgo-build or pgo-convert", reader->path);
    return err_hint(reader->err, "build facts start with {\"form\": \"%s\"", form);
}

bool facts_parse(struct facts *facts, const char *path, const char *text, size_t len,
                 struct err *err)
{
    struct reader reader = {facts, path, err};
    json_error_t error;
    json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    bool done;

    if (!object)
        return err_set(err, ERR_FORMAT, "%s:%d: no JSON: %s", path, error.line, error.text);
    done = read_kind(&reader, object);
    json_decref(object);
    return done;
}

bool facts_read(struct facts *facts, const char *path, struct err *err)
{
    struct strbuf text = {0};
    bool done = file_read(path, MAX_FILE_BYTES, &text, err) &&
                facts_parse(facts, path, strbuf_text(&text), text.len, err);

    strbuf_release(&text);
    return done;
}

void facts_init(struct facts *facts)
{
    *facts =
        (struct facts){.title = "", .commit = "", .base = unknown_build, .test = unknown_build};
}

void facts_release(struct facts *facts)
{
    for (size_t i = 0; i < facts->use_count; i++)
        free(facts->uses[i].profiles);
    free(facts->costs);
    free(facts->uses);
    free(facts->conversions);
    free(facts->flames);
    arena_release(&facts->arena);
    *facts = (struct facts){0};
}
