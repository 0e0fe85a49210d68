/* What a benchmark calls while it is measured. */
#include "libpgobench/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "libpgobench/parallel.h"

static struct run *run_of(struct bench *b)
{
    return (struct run *)b;
}

/* No iteration more; the next bench_next() ends the loop. */
static bool end_loop(struct run *run)
{
    meter_stop(&run->meter);
    run->over = true;
    run->bench.left = 0;
    return false;
}

static void end_with(struct run *run, enum result_status status, const char *format, va_list args)
{
    if (run->result.status == RESULT_MEASURED) {
        run->result.status = status;
        vsnprintf(run->result.message, sizeof(run->result.message), format, args);
    }
    meter_stop(&run->meter);
    run->bench.left = 0;
}

void run_fail(struct run *run, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    end_with(run, RESULT_FAILED, format, args);
    va_end(args);
}

void bench_fail(struct bench *b, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    end_with(run_of(b), RESULT_FAILED, format, args);
    va_end(args);
}

void bench_skip(struct bench *b, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    end_with(run_of(b), RESULT_SKIPPED, format, args);
    va_end(args);
}

bool run_may_begin(struct run *run)
{
    if (run->over)
        run_fail(run, "it has two loops: make sub-benchmarks of them, by bench_run()");
    else if (run->has_subs)
        run_fail(run, "it has a loop and sub-benchmarks: move the loop into one of its own");
    return run->result.status == RESULT_MEASURED && run->passes;
}

bool bench_next_batch(struct bench *b)
{
    struct run *run = run_of(b);
    const struct pace *pace = &run->session->options.pace;
    int64_t now_ns;

    if (run->crowd)
        return parallel_next_batch(run);
    if (!run->in_loop || run->over) {
        if (!run_may_begin(run))
            return end_loop(run);
        run->in_loop = true;
        run->loop_start_ns = clock_steady_ns();
        meter_reset(&run->meter);
    } else if (run->result.status != RESULT_MEASURED) {
        return end_loop(run);
    } else if (!run->meter.runs) {
        run_fail(run, "an iteration ended with the timer stopped: bench_start() is missing");
        return end_loop(run);
    }
    meter_stop(&run->meter);
    now_ns = clock_steady_ns();
    run->done += run->batch;
    run->batch = pace_next(pace, run->done, run->meter.sum.wall_ns, now_ns - run->loop_start_ns);
    if (!run->batch)
        return end_loop(run);
    b->left = run->batch - 1;
    meter_start(&run->meter);
    return true;
}

void bench_stop(struct bench *b)
{
    meter_stop(&run_of(b)->meter);
}

void bench_start(struct bench *b)
{
    struct run *run = run_of(b);

    if (run->in_loop && !run->over && run->result.status == RESULT_MEASURED)
        meter_start(&run->meter);
}

/* What is left of the batch counts, after this iteration. */
void bench_reset(struct bench *b)
{
    struct run *run = run_of(b);

    run->done = 0;
    run->batch = b->left;
    meter_reset(&run->meter);
}

void bench_set_bytes(struct bench *b, uint64_t bytes)
{
    run_of(b)->result.bytes = bytes;
}

static struct metric *find_metric(struct result *result, const char *unit)
{
    for (size_t i = 0; i < result->metric_count; i++)
        if (strcmp(result->metrics[i].unit, unit) == 0)
            return &result->metrics[i];
    return result->metric_count < RESULT_MAX_METRICS ? &result->metrics[result->metric_count++]
                                                     : NULL;
}

void bench_set_metric(struct bench *b, double value, const char *unit)
{
    struct run *run = run_of(b);
    struct metric *metric = NULL;

    if (!*unit || strlen(unit) >= sizeof(metric->unit) || strpbrk(unit, " \t\r\n\v\f"))
        run_fail(run, "'%s' is no unit: expected 1 to %zu characters without blanks", unit,
                 sizeof(metric->unit) - 1);
    else if (!(metric = find_metric(&run->result, unit)))
        run_fail(run, "more than %d metrics", RESULT_MAX_METRICS);
    else
        *metric = (struct metric){.value = value};
    if (metric)
        memcpy(metric->unit, unit, strlen(unit));
}

uint64_t bench_iterations(const struct bench *b)
{
    const struct run *run = (const struct run *)b;

    return run->done + run->batch - b->left;
}
