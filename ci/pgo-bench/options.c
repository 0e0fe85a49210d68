#include "pgo-bench/options.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/options.h"
#include "base/page.h"
#include "base/path.h"
#include "pgo-bench/statistics.h"

#define DEFAULT_TIMEOUT_S 600
#define MAX_TIMEOUT_S     1e7 /* four months */
#define MAX_WARM_UP_RUNS  1000

enum {
    OPTION_BASE,
    OPTION_TEST,
    OPTION_PAIRS,
    OPTION_ALL_PAIRS,
    OPTION_SEED,
    OPTION_WARM_UP,
    OPTION_CPU,
    OPTION_GATE,
    OPTION_CHECK_OUTPUT,
    OPTION_MODE,
    OPTION_TIMEOUT,
    OPTION_JSON,
    OPTION_MARKDOWN,
    OPTION_HTML,
    OPTION_GO,
    OPTION_REPORT,
    OPTION_HELP,
    OPTION_VERSION,
};

static const struct option_spec table[] = {
    {"--base", OPTION_VALUE, "'COMMAND'", "the build to compare with", OPTION_BASE},
    {"--test", OPTION_VALUE, "'COMMAND'", "the build to judge", OPTION_TEST},
    {"-n", OPTION_VALUE, "PAIRS",
     "the most pairs of runs, 11 to 500 (default: 60); fewer\nif the answer is clear before",
     OPTION_PAIRS},
    {"--no-early-stop", OPTION_FLAG, NULL, "run all the pairs", OPTION_ALL_PAIRS},
    {"--seed", OPTION_VALUE, "N",
     "toss for the order of each pair by this seed (default: a\nnew one)", OPTION_SEED},
    {"--warmup", OPTION_VALUE, "RUNS", "runs of each that are not counted (default: 1)",
     OPTION_WARM_UP},
    {"--cpu", OPTION_VALUE, "N",
     "run on this CPU alone; auto: on one that is chosen;\nnone (default): on any", OPTION_CPU},
    {"--gate", OPTION_VALUE, "PCT",
     "exit with 4 if test is slower by more than PCT percent,\nwith confidence", OPTION_GATE},
    {"--check-output", OPTION_FLAG, NULL,
     "fail unless both print the same bytes on standard\noutput (in the warm-up runs)",
     OPTION_CHECK_OUTPUT},
    {"--mode", OPTION_VALUE, "MODE",
     "clock (default), or instructions: one run of each\nunder cachegrind, estimated cycles",
     OPTION_MODE},
    {"--timeout", OPTION_VALUE, "SECONDS", "the most that one run may take (default: 600)",
     OPTION_TIMEOUT},
    {"--json", OPTION_VALUE, "FILE", "also write the result and every run as JSON", OPTION_JSON},
    {"--markdown", OPTION_VALUE, "FILE", "also write the result as Markdown", OPTION_MARKDOWN},
    {"--html", OPTION_VALUE, "FILE", "also write the result as a web page that needs nothing else",
     OPTION_HTML},
    {"--go", OPTION_VALUE, "FILE",
     "also write every run as Go benchmark text, for\nbenchstat -col /build FILE", OPTION_GO},
    {"--report", OPTION_VALUE, "FILE",
     "put into the page what this says: JSON of\npgo-build -report, pgo-convert --report, "
     "or build facts;\nmay be repeated",
     OPTION_REPORT},
    {"--help", OPTION_FLAG, NULL, "show this", OPTION_HELP},
    {"--version", OPTION_FLAG, NULL, "show the version", OPTION_VERSION},
};

/* A number from `least` to `most`; else an error with the hint. */
static bool read_count(const char *name, const char *text, uint64_t least, uint64_t most,
                       const char *hint, uint64_t *count, struct err *err)
{
    uint64_t value;

    if (!number_parse_u64(text, &value) || value < least || value > most) {
        err_set(err, ERR_USAGE, "%s: expected a number from %llu to %llu, found '%s'", name,
                (unsigned long long)least, (unsigned long long)most, text);
        return err_hint(err, "%s", hint);
    }
    *count = value;
    return true;
}

static bool read_pairs(const char *text, size_t *pairs, struct err *err)
{
    uint64_t count;

    if (!read_count("-n", text, 1, STATISTICS_MAX_COUNT, "60 pairs are the default", &count, err))
        return false;
    *pairs = count;
    return true;
}

static bool read_warm_up(const char *text, size_t *runs, struct err *err)
{
    uint64_t count;

    if (!read_count("--warmup", text, 1, MAX_WARM_UP_RUNS,
                    "one run of each is the least: it shows whether the commands work", &count,
                    err))
        return false;
    *runs = count;
    return true;
}

/* Not to be guessed is not the point: to be another one each time is. */
static uint64_t new_seed(void)
{
    uint32_t seed;

    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
        seed = (uint32_t)clock_steady_ns();
    return seed;
}

static bool read_gate(const char *text, double *gate_pct, struct err *err)
{
    double value;

    if (!number_parse_double(text, &value) || value < 0) {
        err_set(err, ERR_USAGE, "--gate: expected a percentage of 0 or more, found '%s'", text);
        return err_hint(err, "--gate=2 allows test to be 2%% slower");
    }
    *gate_pct = value;
    return true;
}

static bool read_timeout(const char *text, double *timeout_s, struct err *err)
{
    double value;

    if (!number_parse_double(text, &value) || value <= 0 || value > MAX_TIMEOUT_S) {
        err_set(err, ERR_USAGE, "--timeout: expected seconds, more than 0, found '%s'", text);
        return err_hint(err, "%d s is the default", DEFAULT_TIMEOUT_S);
    }
    *timeout_s = value;
    return true;
}

static bool read_mode(const char *text, enum bench_action *action, struct err *err)
{
    if (strcmp(text, "clock") == 0)
        *action = BENCH_CLOCK;
    else if (strcmp(text, "instructions") == 0)
        *action = BENCH_INSTRUCTIONS;
    else if (!err_set(err, ERR_USAGE, "--mode: unknown mode '%s'", text))
        return err_hint(err, "--mode=clock, the default, or --mode=instructions");
    return true;
}

static bool add_facts(const char *path, struct bench_options *options, struct err *err)
{
    if (options->facts_count == ARRAY_SIZE(options->facts_paths))
        return err_set(err, ERR_USAGE, "--report: more than %d files", BENCH_MAX_FACTS);
    options->facts_paths[options->facts_count++] = path;
    return true;
}

static bool read_operand(const char *word, struct bench_options *options, struct err *err)
{
    if (!options->base_results) {
        options->base_results = word;
    } else if (!options->test_results) {
        options->test_results = word;
        options->action = BENCH_RESULTS;
    } else if (!err_set(err, ERR_USAGE, "unexpected argument: %s", word)) {
        return err_hint(err, "two files of results, or commands, each in quotes: "
                             "--base='./app-plain ARG' --test='./app-pgo ARG'");
    }
    return true;
}

static bool apply(int id, const char *value, struct bench_options *options, struct err *err)
{
    switch (id) {
    case OPTION_BASE:
        options->base = value;
        return true;
    case OPTION_TEST:
        options->test = value;
        return true;
    case OPTION_PAIRS:
        return read_pairs(value, &options->clock.max_pairs, err);
    case OPTION_ALL_PAIRS:
        options->clock.early_stop = false;
        return true;
    case OPTION_SEED:
        return read_count("--seed", value, 0, ORDER_MAX_SEED, "the seed of a result is in it",
                          &options->clock.seed, err);
    case OPTION_WARM_UP:
        return read_warm_up(value, &options->clock.warm_up_runs, err);
    case OPTION_CPU:
        return cpu_choose(value, &options->clock.cpu, err);
    case OPTION_GATE:
        return read_gate(value, &options->clock.gate_pct, err);
    case OPTION_CHECK_OUTPUT:
        return options->clock.check_output = true;
    case OPTION_MODE:
        return read_mode(value, &options->action, err);
    case OPTION_TIMEOUT:
        return read_timeout(value, &options->timeout_s, err);
    case OPTION_JSON:
        options->json_path = value;
        return true;
    case OPTION_MARKDOWN:
        options->markdown_path = value;
        return true;
    case OPTION_HTML:
        options->html_path = value;
        return true;
    case OPTION_GO:
        options->go_path = value;
        return true;
    case OPTION_REPORT:
        return add_facts(value, options, err);
    default:
        return read_operand(value, options, err);
    }
}

static bool check_writable(const char *name, const char *path, struct err *err)
{
    char *folder;
    bool writable;

    if (!path || strcmp(path, "-") == 0)
        return true;
    folder = path_folder(path);
    writable = access(folder, W_OK) == 0;
    if (!writable) {
        err_errno(err, path, "cannot write there");
        err_prepend(err, "%s: ", name);
        err_hint(err, "nothing was measured; choose a file in a folder that can be written to");
    }
    free(folder);
    return writable;
}

/* Files to write: what can be known of them before anything is measured. */
static bool check_files(const struct bench_options *options, struct err *err)
{
    const char *const names[] = {"--json", "--markdown", "--html", "--go"};
    const char *const paths[] = {options->json_path, options->markdown_path, options->html_path,
                                 options->go_path};
    const char *first = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        if (!check_writable(names[i], paths[i], err))
            return false;
        if (!paths[i] || strcmp(paths[i], "-") != 0)
            continue;
        if (first) {
            err_set(err, ERR_USAGE, "%s and %s cannot both be standard output", first, names[i]);
            return err_hint(err, "name a file for one of them");
        }
        first = names[i];
    }
    return !options->html_path || page_check_target(options->html_path, err);
}

/* Two commands, or two files. */
static bool check_sides(const struct bench_options *options, struct err *err)
{
    if (options->base_results && (options->base || options->test)) {
        err_set(err, ERR_USAGE, "%s: a file of results beside a command", options->base_results);
        return err_hint(err, "give two commands (--base, --test), or two files; put a command with "
                             "blanks in quotes");
    }
    if (options->base_results && !options->test_results) {
        err_set(err, ERR_USAGE, "%s: one file of results, two are needed", options->base_results);
        return err_hint(err, "pgo-bench BASE-RESULTS TEST-RESULTS");
    }
    if (!options->base_results && (!options->base || !options->test)) {
        err_set(err, ERR_USAGE, "missing:%s%s", options->base ? "" : " --base",
                options->test ? "" : " --test");
        return err_hint(err, "pgo-bench --base='./app-plain ARG' --test='./app-pgo ARG'");
    }
    return true;
}

/* What only the clock knows, asked for without it. */
static bool check_mode(const struct bench_options *options, struct err *err)
{
    if (options->action == BENCH_INSTRUCTIONS && (options->clock.max_pairs || options->go_path)) {
        err_set(err, ERR_USAGE, "%s has no meaning with --mode=instructions",
                options->go_path ? "--go" : "-n");
        return err_hint(err, "leave it out: an estimate is the same in every run");
    }
    if (options->action == BENCH_RESULTS &&
        (options->clock.max_pairs || options->clock.check_output)) {
        err_set(err, ERR_USAGE, "%s has no meaning with files of results",
                options->clock.max_pairs ? "-n" : "--check-output");
        return err_hint(err, "leave it out: nothing is run");
    }
    return true;
}

bool bench_options_read(int argc, char **argv, struct bench_options *options, struct err *err)
{
    struct options line = {.table = table, .count = ARRAY_SIZE(table), .argc = argc, .argv = argv};
    struct bench_options read = {
        .timeout_s = DEFAULT_TIMEOUT_S,
        .clock = {.warm_up_runs = 1,
                  .seed = new_seed(),
                  .gate_pct = VERDICT_NO_GATE,
                  .cpu = CPU_ANY,
                  .early_stop = true},
    };
    const char *value;
    int id;

    while ((id = options_next(&line, &value, err)) >= 0) {
        if (id == OPTION_HELP || id == OPTION_VERSION) {
            options->action = id == OPTION_HELP ? BENCH_HELP : BENCH_VERSION;
            return true;
        }
        if (!apply(id, value, &read, err))
            return false;
    }
    if (id == OPTIONS_ERROR || !check_sides(&read, err) || !check_files(&read, err) ||
        !check_mode(&read, err))
        return false;
    if (!read.clock.max_pairs)
        read.clock.max_pairs = LOOKS_DEFAULT_PAIRS;
    *options = read;
    return true;
}

void bench_options_help(struct strbuf *out)
{
    strbuf_add_text(
        out,
        "usage: pgo-bench [OPTION...] --base='COMMAND' --test='COMMAND'\n"
        "       pgo-bench [OPTION...] BASE-RESULTS TEST-RESULTS\n"
        "\n"
        "Says whether one build is faster than another: faster, slower, or no measurable\n"
        "difference. Runs both in pairs, one right after the other, beside a control that runs\n"
        "base against itself to learn the noise, until the answer is clear. What counts is\n"
        "user + system CPU time. Builds that are alike are called faster or slower at most\n"
        "once in 1,000 comparisons.\n"
        "\n"
        "Or compares the benchmarks in two files of results: of hyperfine (--export-json),\n"
        "Google Benchmark (JSON), go test -bench, or pgo-bench --json.\n"
        "\n");
    options_describe(table, ARRAY_SIZE(table), out);
    strbuf_add_text(
        out,
        "\n"
        "Commands are run without a shell; write sh -c '...' if one is needed. Their output\n"
        "goes to /dev/null. FILE may be - for standard output, in place of the table.\n"
        "\n"
        "exit code: 0 a verdict; 1 a command failed; 2 wrong usage; 3 no verdict is possible;\n"
        "4 slower than the gate allows\n"
        "\n"
        "examples:\n"
        "  pgo-bench --base='./app-plain data.txt' --test='./app-pgo data.txt'\n"
        "  pgo-bench -n 40 --gate=2 --check-output --markdown=result.md \\\n"
        "      --base='build/old/app job' --test='build/new/app job'\n"
        "  pgo-bench --base='sh -c \"./old < in\"' --test='sh -c \"./new < in\"'\n"
        "  pgo-bench --gate=2 --markdown=result.md old.json new.json\n"
        "  pgo-bench --mode=instructions --base=./app-plain --test=./app-pgo\n");
}
