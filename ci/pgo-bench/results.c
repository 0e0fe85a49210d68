#include "pgo-bench/results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define MAX_BYTES ((size_t)64 * 1024 * 1024)

/* The id of a benchmark; control characters of its name do not reach a terminal or a table. */
static uint32_t add_name(struct results *results, const char *name)
{
    char *clean = mem_strdup(name);
    uint32_t id;

    for (char *c = clean; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    id = byteset_add_text(&results->names, clean);
    free(clean);
    return id;
}

bool results_add(struct results *results, const char *name, double time_s, struct err *err)
{
    uint32_t id;

    if (!isfinite(time_s) || time_s <= 0) {
        err_set(err, ERR_FORMAT, "%s: a time of %g s, expected more than 0", name, time_s);
        return err_hint(err, "give the benchmark more work");
    }
    id = add_name(results, name);
    if (id == results->count)
        *ARRAY_PUSH(results->items, results->count, results->capacity) =
            (struct benchmark){.name = byteset_at(&results->names, id, NULL)};
    if (results->items[id].count == RESULTS_MAX_RUNS) {
        err_set(err, ERR_LIMIT, "%s: more than %d runs", name, RESULTS_MAX_RUNS);
        return err_hint(err, "compare fewer: so many differ by nothing but the machine");
    }
    *ARRAY_PUSH(results->items[id].times_s, results->items[id].count, results->items[id].capacity) =
        time_s;
    return true;
}

const struct benchmark *results_find(const struct results *results, const char *name)
{
    uint32_t id;

    return byteset_find(&results->names, name, strlen(name), &id) ? &results->items[id] : NULL;
}

static bool looks_like_json(const char *text, size_t len)
{
    size_t at = 0;

    while (at < len && strchr(" \t\r\n", text[at]))
        at++;
    return at < len && (text[at] == '{' || text[at] == '[');
}

bool results_parse(const char *text, size_t len, struct results *results, struct err *err)
{
    struct results parsed = {0};
    bool done = looks_like_json(text, len) ? results_parse_json(text, len, &parsed, err)
                                           : results_parse_go(text, len, &parsed, err);

    if (done && parsed.count == 0) {
        err_set(err, ERR_FORMAT, "no times of runs in it, %s", parsed.tool);
        done = err_hint(err, "Google Benchmark: --benchmark_out=FILE; hyperfine: --export-json "
                             "FILE; go test -bench . -count 10 >FILE; pgo-bench: --json=FILE");
    }
    if (!done) {
        results_release(&parsed);
        return false;
    }
    *results = parsed;
    return true;
}

bool results_read(const char *path, struct results *results, struct err *err)
{
    struct strbuf text = {0};
    bool done = file_read(path, MAX_BYTES, &text, err);

    if (done && !results_parse(strbuf_text(&text), text.len, results, err))
        done = err_prepend(err, "%s: ", path);
    strbuf_release(&text);
    return done;
}

void results_release(struct results *results)
{
    for (size_t i = 0; i < results->count; i++)
        free(results->items[i].times_s);
    free(results->items);
    byteset_release(&results->names);
    *results = (struct results){0};
}
