/* pgo-bench: is the test build faster than the base build? The stages, in order. */
#include <stdlib.h>

#include "pgo-bench/child.h"
#include "pgo-bench/command.h"
#include "pgo-bench/instructions.h"
#include "pgo-bench/options.h"
#include "pgo-bench/outcome.h"
#include "pgo-bench/report.h"
#include "pgo-bench/run.h"
#include "pgo-bench/verdict.h"

struct bench {
    struct bench_options options;
    struct command base, test;
    struct child_runner runner;
    struct pairs pairs, control;
    struct err err;
};

static int fail(const struct bench *bench, int code)
{
    return outcome_fail(&bench->err, bench->runner.interrupted_by, code);
}

static int compare_by_clock(struct bench *bench)
{
    const struct bench_options *options = &bench->options;
    struct err *err = &bench->err;
    struct judgement judgement;
    struct pair warm_up;
    struct run run;

    if (!verdict_check_pairs(options->pair_count, err))
        return fail(bench, OUTCOME_NO_VERDICT);
    run_init(&run, &bench->runner, &bench->base, &bench->test, options->pair_count);
    if (!run_warm_up(&run, options->check_output, &warm_up, err))
        return fail(bench, TALK_EXIT_FAILED);
    if (!verdict_check_sample("base", warm_up.base.cpu_s, err) ||
        !verdict_check_sample("test", warm_up.test.cpu_s, err))
        return fail(bench, OUTCOME_NO_VERDICT);
    if (!run_control(&run, &bench->control, err) || !run_pairs(&run, &bench->pairs, err))
        return fail(bench, TALK_EXIT_FAILED);
    if (!verdict_decide(&bench->pairs, &bench->control, &judgement, err))
        return fail(bench, OUTCOME_NO_VERDICT);
    return outcome_report(options, &(struct report){.base = &bench->base,
                                                    .test = &bench->test,
                                                    .pairs = &bench->pairs,
                                                    .control = &bench->control,
                                                    .judgement = &judgement});
}

static int compare_by_instructions(struct bench *bench)
{
    const struct bench_options *options = &bench->options;
    struct estimate base, test;

    if (!instructions_measure(&bench->runner, &bench->base, &bench->test, options->check_output,
                              &base, &test, &bench->err))
        return fail(bench, TALK_EXIT_FAILED);
    return outcome_report(options, &(struct report){.base = &bench->base,
                                                    .test = &bench->test,
                                                    .base_estimate = &base,
                                                    .test_estimate = &test});
}

static int compare(struct bench *bench)
{
    int code;

    if (!command_init(&bench->base, "base", bench->options.base, &bench->err) ||
        !command_init(&bench->test, "test", bench->options.test, &bench->err)) {
        code = talk_fail(&bench->err);
    } else {
        child_runner_init(&bench->runner, bench->options.timeout_s);
        code = bench->options.action == BENCH_CLOCK ? compare_by_clock(bench)
                                                    : compare_by_instructions(bench);
        child_runner_end(&bench->runner);
    }
    free(bench->pairs.items);
    free(bench->control.items);
    command_release(&bench->base);
    command_release(&bench->test);
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
    case BENCH_CLOCK:
    case BENCH_INSTRUCTIONS:
        break;
    }
    return compare(&bench);
}
