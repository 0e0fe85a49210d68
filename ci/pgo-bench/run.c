#include "pgo-bench/run.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/talk.h"
#include "pgo-bench/output.h"
#include "pgo-bench/text.h"

void run_init(struct run *run, struct child_runner *runner, const struct command *base,
              const struct command *test, const struct looks *looks, uint64_t seed)
{
    const struct look *last = &looks->items[looks->count - 1];

    *run = (struct run){.runner = runner, .base = base, .test = test, .most_pairs = last->pairs};
    run->total = 2 * (last->pairs + last->control_pairs);
    order_init(&run->order, seed);
}

void run_release(struct run *run)
{
    free(run->pairs.items);
    free(run->control.items);
    *run = (struct run){0};
}

static bool warm_up_compared(struct run *run, bool check_output, struct warm_up *warm_up,
                             struct err *err)
{
    struct outputs outputs;
    bool done;

    if (!outputs_open(check_output, &outputs, err))
        return false;
    done = child_run(run->runner, run->base, outputs.base_fd, &warm_up->last.base, err) &&
           child_run(run->runner, run->test, outputs.test_fd, &warm_up->last.test, err) &&
           outputs_compare(&outputs, err);
    warm_up->silent = done && outputs_are_empty(&outputs);
    outputs_close(&outputs);
    return done;
}

bool run_warm_up(struct run *run, size_t runs, bool check_output, struct warm_up *warm_up,
                 struct err *err)
{
    struct warm_up made = {0};

    for (size_t i = 0; i < runs; i++) {
        talk_progress("warm-up, run %zu of %zu of each", i + 1, runs);
        if (i == 0 ? !warm_up_compared(run, check_output, &made, err)
                   : !child_run(run->runner, run->base, -1, &made.last.base, err) ||
                         !child_run(run->runner, run->test, -1, &made.last.test, err))
            return false;
    }
    *warm_up = made;
    return true;
}

static void show_progress(const struct run *run)
{
    char left[TEXT_DURATION_BYTES];

    if (run->pairs.count == 0) {
        talk_progress("A/A control: pair %zu", run->control.count + 1);
        return;
    }
    text_duration(run->spent_s / (double)run->done * (double)(run->total - run->done), left);
    talk_progress("pair %zu of at most %zu, at most %s left", run->pairs.count + 1, run->most_pairs,
                  left);
}

static bool run_one(struct run *run, const struct command *command, struct sample *sample,
                    struct err *err)
{
    if (!child_run(run->runner, command, -1, sample, err))
        return false;
    run->done++;
    run->spent_s += sample->wall_s;
    return true;
}

static bool run_pair(struct run *run, const struct command *test, struct pairs *pairs,
                     struct err *err)
{
    struct pair pair = {.test_first = order_toss(&run->order)};
    int64_t start_ns = clock_steady_ns();

    if (run->begin_ns == 0)
        run->begin_ns = start_ns;
    pair.start_s = (double)(start_ns - run->begin_ns) / CLOCK_NS_PER_S;
    show_progress(run);
    if (pair.test_first) {
        if (!run_one(run, test, &pair.test, err) || !run_one(run, run->base, &pair.base, err))
            return false;
    } else {
        if (!run_one(run, run->base, &pair.base, err) || !run_one(run, test, &pair.test, err))
            return false;
    }
    *ARRAY_PUSH(pairs->items, pairs->count, pairs->capacity) = pair;
    return true;
}

bool run_until(struct run *run, const struct look *look, struct err *err)
{
    while (run->pairs.count < look->pairs || run->control.count < look->control_pairs) {
        bool control = run->control.count < looks_control_for(run->pairs.count);

        if (control ? !run_pair(run, run->base, &run->control, err)
                    : !run_pair(run, run->test, &run->pairs, err))
            return false;
    }
    return true;
}
