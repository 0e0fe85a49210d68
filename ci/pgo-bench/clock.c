#include "pgo-bench/clock.h"

#include <stdlib.h>

#include "base/memory.h"

const struct look *clock_last_look(const struct clock *clock)
{
    return &clock->looks.items[clock->looked - 1];
}

static void take_look(struct clock *clock, const struct look *look)
{
    const struct run *run = &clock->run;
    double *differences = mem_array(run->pairs.count, sizeof(*differences));
    double *control = mem_array(run->control.count, sizeof(*control));

    verdict_differences(&run->pairs, differences);
    verdict_differences(&run->control, control);
    verdict_look(differences, control, look, clock->settings.gate_pct,
                 &clock->findings[clock->looked++]);
    free(differences);
    free(control);
}

static enum clock_end run_and_look(struct clock *clock, struct err *err)
{
    struct run *run = &clock->run;

    while (clock->looked < clock->looks.count) {
        const struct look *look = &clock->looks.items[clock->looked];

        if (!run_until(run, look, err))
            return CLOCK_FAILED;
        if (!verdict_check_runs(&run->pairs, "test", err) ||
            !verdict_check_runs(&run->control, "base", err))
            return CLOCK_NO_VERDICT;
        take_look(clock, look);
        if (clock->findings[clock->looked - 1].clear)
            break;
    }
    verdict_judge(&run->pairs, clock_last_look(clock), &clock->findings[clock->looked - 1],
                  &clock->judgement);
    return CLOCK_JUDGED;
}

enum clock_end clock_compare(struct clock *clock, const struct clock_settings *settings,
                             struct child_runner *runner, const struct command *base,
                             const struct command *test, struct err *err)
{
    struct warm_up warm_up;

    clock->settings = *settings;
    if (!verdict_check_pairs(settings->max_pairs, err))
        return CLOCK_NO_VERDICT;
    looks_plan(settings->max_pairs, settings->early_stop, VERDICT_ERROR, &clock->looks);
    run_init(&clock->run, runner, base, test, &clock->looks, settings->seed);
    if (!run_warm_up(&clock->run, settings->warm_up_runs, settings->check_output, &warm_up, err))
        return CLOCK_FAILED;
    clock->silent = warm_up.silent;
    if (!verdict_check_sample("base", warm_up.last.base.cpu_s, err) ||
        !verdict_check_sample("test", warm_up.last.test.cpu_s, err))
        return CLOCK_NO_VERDICT;
    return run_and_look(clock, err);
}

void clock_release(struct clock *clock)
{
    run_release(&clock->run);
    *clock = (struct clock){0};
}
