#include "libpgobench/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/options.h"
#include "libpgobench/parallel.h"

#define MAX_COUNT     1000000
#define MAX_THREADS   1024
#define MAX_SECONDS   1e6
#define MAX_UNIT_TEXT 3

enum {
    OPTION_BENCH,
    OPTION_COUNT,
    OPTION_TIME,
    OPTION_CPU,
    OPTION_JSON,
    OPTION_LIST,
    OPTION_SHOW_HELP,
    OPTION_SHOW_VERSION,
};

static const struct option_spec table[] = {
    {"-bench", OPTION_VALUE, "REGEX",
     "run only what matches; for sub-benchmarks an expression\nfor each level: PARENT/NAME",
     OPTION_BENCH},
    {"-run", OPTION_VALUE, "REGEX", "the same", OPTION_BENCH},
    {"-benchtime", OPTION_VALUE, "TIME",
     "how long each is measured, such as 500ms or 2s (default:\n1s), or how often: 100x",
     OPTION_TIME},
    {"-count", OPTION_VALUE, "N", "measure each N times (default: 1)", OPTION_COUNT},
    {"-cpu", OPTION_VALUE, "N",
     "how many threads a parallel benchmark has (default: the\nCPUs of this process)", OPTION_CPU},
    {"-json", OPTION_VALUE, "FILE",
     "also write the results as Google Benchmark does; - for\nstandard output, in place of text",
     OPTION_JSON},
    {"-list", OPTION_FLAG, NULL, "say what would run; without sub-benchmarks", OPTION_LIST},
    {"-help", OPTION_FLAG, NULL, "show this", OPTION_SHOW_HELP},
    {"-version", OPTION_FLAG, NULL, "show the version of libpgobench", OPTION_SHOW_VERSION},
};

/* The number of a text, and where its unit begins; false: there is none. */
static bool split_unit(const char *text, double *value, const char **unit)
{
    size_t len = strspn(text, "0123456789.");
    char *number = mem_format("%.*s", (int)len, text);
    bool done = number_parse_double(number, value);

    free(number);
    *unit = text + len;
    return done;
}

static bool read_time(const char *text, struct pace *pace, struct err *err)
{
    static const struct {
        char name[MAX_UNIT_TEXT];
        double seconds;
    } units[] = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}};
    const char *unit = "";
    double value;

    if (split_unit(text, &value, &unit) && value > 0) {
        if (strcmp(unit, "x") == 0 && value == (double)(uint64_t)value &&
            value <= PACE_MAX_ITERATIONS) {
            *pace = (struct pace){.goal_iterations = (uint64_t)value};
            return true;
        }
        for (size_t i = 0; i < ARRAY_SIZE(units); i++)
            if (strcmp(unit, units[i].name) == 0 && value * units[i].seconds <= MAX_SECONDS) {
                double goal_ns = value * units[i].seconds * (double)CLOCK_NS_PER_S;

                *pace = (struct pace){.goal_ns = goal_ns < 1 ? 1 : (int64_t)goal_ns};
                return true;
            }
    }
    err_set(err, ERR_USAGE, "-benchtime: expected a time or a number of iterations, found '%s'",
            text);
    return err_hint(err, "-benchtime=500ms, 2s (default: 1s), 5m, or 100x");
}

static bool read_count(const char *text, uint64_t *count, struct err *err)
{
    uint64_t value;

    if (!number_parse_u64(text, &value) || value < 1 || value > MAX_COUNT) {
        err_set(err, ERR_USAGE, "-count: expected a number from 1 to %d, found '%s'", MAX_COUNT,
                text);
        return err_hint(err, "-count=10 gives benchstat and pgo-bench something to compare");
    }
    *count = value;
    return true;
}

static bool read_threads(const char *text, unsigned *threads, struct err *err)
{
    uint64_t value;

    if (!number_parse_u64(text, &value) || value < 1 || value > MAX_THREADS) {
        err_set(err, ERR_USAGE, "-cpu: expected a number from 1 to %d, found '%s'", MAX_THREADS,
                text);
        return err_hint(err, "one number: run the program once for each of several");
    }
    *threads = (unsigned)value;
    return true;
}

static bool apply(int id, const char *value, struct bench_options *options, struct err *err)
{
    switch (id) {
    case OPTION_BENCH:
        options->pattern = value;
        return filter_init(&options->filter, value, err);
    case OPTION_TIME:
        return read_time(value, &options->pace, err);
    case OPTION_COUNT:
        return read_count(value, &options->count, err);
    case OPTION_CPU:
        return read_threads(value, &options->threads, err);
    case OPTION_JSON:
        options->json_path = value;
        return true;
    case OPTION_LIST:
        options->action = OPTIONS_LIST;
        return true;
    default:
        err_set(err, ERR_USAGE, "unexpected argument: %s", value);
        return err_hint(err, "-bench=REGEX chooses benchmarks; -help lists the options");
    }
}

bool options_read(int argc, char **argv, struct bench_options *options, struct err *err)
{
    struct options line = {.table = table,
                           .count = ARRAY_SIZE(table),
                           .argc = argc,
                           .argv = argv,
                           .single_dash = true};
    struct bench_options read = {
        .pace = {.goal_ns = CLOCK_NS_PER_S}, .count = 1, .threads = parallel_default_threads()};
    const char *value;
    int id;

    while ((id = options_next(&line, &value, err)) >= 0) {
        if (id == OPTION_SHOW_HELP || id == OPTION_SHOW_VERSION) {
            read.action = id == OPTION_SHOW_HELP ? OPTIONS_HELP : OPTIONS_VERSION;
            break;
        }
        if (!apply(id, value, &read, err)) {
            id = OPTIONS_ERROR;
            break;
        }
    }
    if (id == OPTIONS_ERROR) {
        filter_release(&read.filter);
        return false;
    }
    *options = read;
    return true;
}

void options_help(const char *program, struct strbuf *out)
{
    strbuf_add_format(out,
                      "usage: %s [OPTION...]\n"
                      "\n"
                      "Benchmarks: time, bytes and allocations of one operation, as the text of\n"
                      "go test -bench, which benchstat and pgo-bench compare. One dash or two.\n"
                      "\n",
                      program);
    options_describe(table, ARRAY_SIZE(table), out);
    strbuf_add_format(out,
                      "\n"
                      "exit code: 0 done; 1 a benchmark has failed; 2 wrong usage\n"
                      "\n"
                      "examples:\n"
                      "  %s -bench='^Parse' -count=10 >new.txt\n"
                      "  %s -benchtime=100x -json=results.json\n",
                      program, program);
}
