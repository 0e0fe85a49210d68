/* pgo-bench: is the test build faster than the base build? The stages, in order. */
#include <malloc.h>

#include "pgo-bench/child.h"
#include "pgo-bench/clock.h"
#include "pgo-bench/command.h"
#include "pgo-bench/facts.h"
#include "pgo-bench/instructions.h"
#include "pgo-bench/options.h"
#include "pgo-bench/outcome.h"
#include "pgo-bench/report.h"
#include "pgo-bench/results.h"
#include "pgo-bench/suite.h"

struct bench {
    struct bench_options options;
    struct command base, test;
    struct child_runner runner;
    struct clock clock;
    struct facts facts;
    struct err err;
};

static int fail(const struct bench *bench, int code)
{
    return outcome_fail(&bench->err, bench->runner.interrupted_by, code);
}

/* Before anything is measured: a mistake in them should not cost an hour. */
static bool read_facts(struct bench *bench)
{
    const struct bench_options *options = &bench->options;
    bool done = true;

    for (size_t i = 0; done && i < options->facts_count; i++)
        done = facts_read(&bench->facts, options->facts_paths[i], &bench->err);
    malloc_trim(0);
    return done;
}

static int compare_by_clock(struct bench *bench)
{
    struct clock *clock = &bench->clock;
    struct report report = {
        .base = &bench->base, .test = &bench->test, .clock = clock, .facts = &bench->facts};
    enum clock_end end = clock_compare(clock, &bench->options.clock, &bench->runner, &bench->base,
                                       &bench->test, &bench->err);

    report.same = command_same(&bench->base, &bench->test);
    if (end == CLOCK_JUDGED)
        return outcome_report(&bench->options, &report);
    report.failure = &bench->err;
    outcome_keep_partial(&bench->options, &report);
    return fail(bench, end == CLOCK_FAILED ? TALK_EXIT_FAILED : OUTCOME_NO_VERDICT);
}

static int compare_by_instructions(struct bench *bench)
{
    const struct bench_options *options = &bench->options;
    struct estimate base, test;

    if (!instructions_measure(&bench->runner, &bench->base, &bench->test,
                              options->clock.check_output, &base, &test, &bench->err))
        return fail(bench, TALK_EXIT_FAILED);
    return outcome_report(options,
                          &(struct report){.base = &bench->base,
                                           .test = &bench->test,
                                           .facts = &bench->facts,
                                           .same = command_same(&bench->base, &bench->test),
                                           .base_estimate = &base,
                                           .test_estimate = &test});
}

static int judge_results(struct bench *bench, const struct results *base,
                         const struct results *test)
{
    const struct bench_options *options = &bench->options;
    struct suite_report suite_report = {.base_path = options->base_results,
                                        .test_path = options->test_results};
    struct suite suite;
    int code;

    if (!suite_compare(base, test, &suite, &bench->err))
        return fail(bench, OUTCOME_NO_VERDICT);
    suite_report.suite = &suite;
    code = suite_check_runs(&suite, &bench->err)
               ? outcome_report(options,
                                &(struct report){.suite = &suite_report, .facts = &bench->facts})
               : fail(bench, OUTCOME_NO_VERDICT);
    suite_release(&suite);
    return code;
}

static int compare_results(struct bench *bench)
{
    struct results base = {0}, test = {0};
    int code;

    if (results_read(bench->options.base_results, &base, &bench->err) &&
        results_read(bench->options.test_results, &test, &bench->err))
        code = judge_results(bench, &base, &test);
    else
        code = fail(bench, TALK_EXIT_FAILED);
    results_release(&base);
    results_release(&test);
    return code;
}

static int compare_commands(struct bench *bench)
{
    int code;

    if (!command_init(&bench->base, "base", bench->options.base, &bench->err) ||
        !command_init(&bench->test, "test", bench->options.test, &bench->err)) {
        code = talk_fail(&bench->err);
    } else {
        child_runner_init(&bench->runner, bench->options.timeout_s, bench->options.clock.cpu);
        code = bench->options.action == BENCH_CLOCK ? compare_by_clock(bench)
                                                    : compare_by_instructions(bench);
        child_runner_end(&bench->runner);
    }
    clock_release(&bench->clock);
    command_release(&bench->base);
    command_release(&bench->test);
    return code;
}

static int compare(struct bench *bench)
{
    int code;

    facts_init(&bench->facts);
    if (!read_facts(bench))
        code = talk_fail(&bench->err);
    else
        code = bench->options.action == BENCH_RESULTS ? compare_results(bench)
                                                      : compare_commands(bench);
    facts_release(&bench->facts);
    return code;
}

int main(int argc, char **argv)
{
    struct bench bench = {0};

    talk_start("pgo-bench");
    if (!bench_options_read(argc, argv, &bench.options, &bench.err))
        return talk_fail(&bench.err);
    switch (bench.options.action) {
    case BENCH_HELP:
    case BENCH_VERSION:
        return outcome_describe(bench.options.action);
    case BENCH_RESULTS:
    case BENCH_CLOCK:
    case BENCH_INSTRUCTIONS:
        break;
    }
    return compare(&bench);
}
