#include "pgo-bench/run.h"

#include "base/memory.h"
#include "base/talk.h"
#include "pgo-bench/output.h"
#include "pgo-bench/text.h"
#include "pgo-bench/verdict.h"

#define SEED 0x9e3779b97f4a7c15u

void run_init(struct run *run, struct child_runner *runner, const struct command *base,
              const struct command *test, size_t pair_count)
{
    size_t half = pair_count / 2;

    *run = (struct run){.runner = runner, .base = base, .test = test, .pair_count = pair_count};
    run->control_count = half > VERDICT_MIN_PAIRS ? half : VERDICT_MIN_PAIRS;
    run->total = 2 * (run->pair_count + run->control_count);
    run->random = SEED;
}

bool run_warm_up(struct run *run, bool check_output, struct pair *pair, struct err *err)
{
    struct outputs outputs;
    bool done;

    if (!outputs_open(check_output, &outputs, err))
        return false;
    talk_progress("warm-up, one run of each");
    done = child_run(run->runner, run->base, outputs.base_fd, &pair->base, err) &&
           child_run(run->runner, run->test, outputs.test_fd, &pair->test, err) &&
           outputs_compare(&outputs, err);
    outputs_close(&outputs);
    return done;
}

/* One bit of xorshift64*. */
static bool toss(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (*state * 0x2545f4914f6cdd1du) >> 63;
}

static void show_progress(const struct run *run, const char *stage, size_t pair, size_t count)
{
    char left[TEXT_DURATION_BYTES];

    if (run->done == 0) {
        talk_progress("%s: pair %zu of %zu", stage, pair + 1, count);
        return;
    }
    text_duration(run->spent_s / (double)run->done * (double)(run->total - run->done), left);
    talk_progress("%s: pair %zu of %zu, %s left in all", stage, pair + 1, count, left);
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

static bool run_series(struct run *run, const char *stage, const struct command *test, size_t count,
                       struct pairs *pairs, struct err *err)
{
    bool test_first = false;

    for (size_t i = 0; i < count; i++) {
        struct pair pair;
        bool done;

        test_first = i % 2 ? !test_first : toss(&run->random);
        show_progress(run, stage, i, count);
        if (test_first)
            done = run_one(run, test, &pair.test, err) && run_one(run, run->base, &pair.base, err);
        else
            done = run_one(run, run->base, &pair.base, err) && run_one(run, test, &pair.test, err);
        if (!done)
            return false;
        *ARRAY_PUSH(pairs->items, pairs->count, pairs->capacity) = pair;
    }
    return true;
}

bool run_control(struct run *run, struct pairs *pairs, struct err *err)
{
    return run_series(run, "A/A control", run->base, run->control_count, pairs, err);
}

bool run_pairs(struct run *run, struct pairs *pairs, struct err *err)
{
    return run_series(run, "base against test", run->test, run->pair_count, pairs, err);
}
