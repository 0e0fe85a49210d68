/*
 * The layouts, as far as they are read ("..." is an array):
 *
 *     hyperfine 1     results... {command, times...}                           seconds
 *     hyperfine 2     results... {command, name, measurements... {time_wall_clock {value, unit}}}
 *     Google          context, benchmarks... {name, run_name, run_type, cpu_time, real_time,
 *                     time_unit, error_occurred}
 *     pgo-bench       tool "pgo-bench", mode, partial, test {command}, pairs... {test {cpu_s}}
 */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "pgo-bench/results.h"

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* A number that is there, or NaN, which no time may be. */
static double number_of(const json_t *object, const char *key)
{
    const json_t *number = json_object_get(object, key);

    return json_is_number(number) ? json_number_value(number) : NAN;
}

static bool read_measurements(const char *name, const json_t *measurements, struct results *results,
                              struct err *err)
{
    const json_t *measurement;
    size_t i;

    json_array_foreach(measurements, i, measurement)
    {
        const json_t *time = json_object_get(measurement, "time_wall_clock");

        if (strcmp(text_of(time, "unit"), "second") != 0)
            return err_set(err, ERR_FORMAT, "%s: a wall time in '%s', expected 'second'", name,
                           text_of(time, "unit"));
        if (!results_add(results, name, number_of(time, "value"), err))
            return false;
    }
    return true;
}

static bool read_hyperfine(const json_t *root, struct results *results, struct err *err)
{
    const json_t *result, *time;
    size_t i, j;

    results->tool = "hyperfine";
    results->metric = "wall time";
    json_array_foreach(json_object_get(root, "results"), i, result)
    {
        const char *name = text_of(result, "name");

        name = *name ? name : text_of(result, "command");
        json_array_foreach(json_object_get(result, "times"), j, time)
        {
            if (!results_add(results, name, json_is_number(time) ? json_number_value(time) : NAN,
                             err))
                return false;
        }
        if (!read_measurements(name, json_object_get(result, "measurements"), results, err))
            return false;
    }
    return true;
}

static bool read_unit(const char *unit, double *scale, struct err *err)
{
    static const struct {
        const char *name;
        double scale;
    } units[] = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}};

    for (size_t i = 0; i < ARRAY_SIZE(units); i++)
        if (strcmp(unit, units[i].name) == 0) {
            *scale = units[i].scale;
            return true;
        }
    return err_set(err, ERR_FORMAT, "time_unit '%s', expected ns, us, ms or s", unit);
}

/* One run of one benchmark. Before version 1.5 aggregates were told by their name alone. */
static bool is_aggregate(const json_t *run)
{
    static const char *const ends[] = {"_mean", "_median", "_stddev", "_cv"};
    const char *name = text_of(run, "name");

    if (*text_of(run, "run_type"))
        return strcmp(text_of(run, "run_type"), "iteration") != 0;
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
        if (strlen(name) > strlen(ends[i]) &&
            strcmp(name + strlen(name) - strlen(ends[i]), ends[i]) == 0)
            return true;
    return false;
}

static bool read_google(const json_t *root, struct results *results, struct err *err)
{
    const json_t *run;
    size_t i;

    results->tool = "Google Benchmark";
    results->metric = "CPU time";
    json_array_foreach(json_object_get(root, "benchmarks"), i, run)
    {
        const char *name = text_of(run, "run_name");
        bool by_clock;
        double scale = 0;

        name = *name ? name : text_of(run, "name");
        if (is_aggregate(run))
            continue;
        if (json_is_true(json_object_get(run, "error_occurred"))) {
            results->failed++;
            continue;
        }
        by_clock = strstr(name, "/real_time") || strstr(name, "/manual_time");
        if (!read_unit(text_of(run, "time_unit"), &scale, err))
            return err_prepend(err, "%s: ", name);
        if (!results_add(results, name, number_of(run, by_clock ? "real_time" : "cpu_time") * scale,
                         err))
            return false;
    }
    return true;
}

static bool read_own(const json_t *root, struct results *results, struct err *err)
{
    const char *name = text_of(json_object_get(root, "test"), "command");
    const json_t *pair;
    size_t i;

    results->tool = "pgo-bench";
    results->metric = "CPU time";
    results->partial = json_is_true(json_object_get(root, "partial"));
    json_array_foreach(json_object_get(root, "pairs"), i, pair)
    {
        if (!results_add(results, name, number_of(json_object_get(pair, "test"), "cpu_s"), err))
            return false;
    }
    return true;
}

static bool read_root(const json_t *root, struct results *results, struct err *err)
{
    if (strcmp(text_of(root, "tool"), "pgo-bench") == 0)
        return read_own(root, results, err);
    if (json_is_array(json_object_get(root, "benchmarks")))
        return read_google(root, results, err);
    if (json_is_array(json_object_get(root, "results")))
        return read_hyperfine(root, results, err);
    err_set(err, ERR_FORMAT, "JSON, but not of a tool that is known");
    return err_hint(err, "expected hyperfine's \"results\", Google Benchmark's \"benchmarks\", or "
                         "\"tool\": \"pgo-bench\"");
}

bool results_parse_json(const char *text, size_t len, struct results *results, struct err *err)
{
    json_error_t error;
    json_t *root = json_loadb(text, len, 0, &error);
    bool done;

    if (!root) {
        err_set(err, ERR_FORMAT, "line %d, column %d: no JSON: %s", error.line, error.column,
                error.text);
        return err_hint(err, "was the tool that wrote it ended before it was done?");
    }
    done = read_root(root, results, err);
    json_decref(root);
    return done;
}
