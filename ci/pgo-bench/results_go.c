/*
 * Lines, fields apart by blanks; all others are passed over:
 *
 *     pkg: PATH                                      in front of the names that follow
 *     BenchmarkNAME ITERATIONS VALUE UNIT ...        pairs of value and unit
 */
#include <string.h>

#include "base/number.h"
#include "base/strbuf.h"
#include "pgo-bench/results.h"

/* The next field of a line, cut off at its end; NULL: no more. */
static char *next_field(char **rest)
{
    char *field;

    while ((field = strsep(rest, " \t\r")))
        if (*field)
            return field;
    return NULL;
}

/* Time for one operation among the pairs of value and unit; false: none. */
static bool find_time(char **rest, double *time_s)
{
    char *value, *unit;

    while ((value = next_field(rest)) && (unit = next_field(rest))) {
        double number;

        if ((strcmp(unit, "ns/op") != 0 && strcmp(unit, "sec/op") != 0) ||
            !number_parse_double(value, &number))
            continue;
        *time_s = strcmp(unit, "ns/op") == 0 ? number * 1e-9 : number;
        return true;
    }
    return false;
}

static bool read_line(char *line, struct strbuf *package, struct strbuf *name,
                      struct results *results, struct err *err)
{
    char *rest = line, *first = next_field(&rest), *iterations;
    double time_s;
    uint64_t count;

    if (!first)
        return true;
    if (strcmp(first, "pkg:") == 0) {
        strbuf_reset(package);
        if ((first = next_field(&rest)))
            strbuf_add_format(package, "%s.", first);
        return true;
    }
    if (strncmp(first, "Benchmark", strlen("Benchmark")) != 0 ||
        !(iterations = next_field(&rest)) || !number_parse_u64(iterations, &count) ||
        !find_time(&rest, &time_s))
        return true;
    strbuf_reset(name);
    strbuf_add_format(name, "%s%s", strbuf_text(package), first + strlen("Benchmark"));
    return results_add(results, strbuf_text(name), time_s, err);
}

bool results_parse_go(const char *text, size_t len, struct results *results, struct err *err)
{
    struct strbuf line = {0}, package = {0}, name = {0};
    bool done = true;

    results->tool = "Go benchmark text";
    results->metric = "wall time";
    while (done && len) {
        const char *end = memchr(text, '\n', len);
        size_t taken = end ? (size_t)(end - text) + 1 : len;

        strbuf_reset(&line);
        strbuf_add(&line, text, taken - (end != NULL));
        if (line.len)
            done = read_line(line.data, &package, &name, results, err);
        text += taken;
        len -= taken;
    }
    strbuf_release(&line);
    strbuf_release(&package);
    strbuf_release(&name);
    return done;
}
