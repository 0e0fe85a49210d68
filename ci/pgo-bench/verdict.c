#include "pgo-bench/verdict.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

bool verdict_check_pairs(size_t pairs, struct err *err)
{
    if (pairs >= VERDICT_MIN_PAIRS)
        return true;
    err_set(err, ERR_LIMIT, "no verdict is possible with %zu pair%s: a %.0f%% interval needs %d",
            pairs, pairs == 1 ? "" : "s", VERDICT_LEVEL * 100, VERDICT_MIN_PAIRS);
    return err_hint(err, "leave out -n for 20 pairs, or ask for %d or more", VERDICT_MIN_PAIRS);
}

bool verdict_check_sample(const char *label, double cpu_s, struct err *err)
{
    if (cpu_s >= VERDICT_MIN_CPU_S)
        return true;
    err_set(err, ERR_LIMIT,
            "no verdict is possible: %s used %.2f ms of CPU time in a run, %.0f ms are needed",
            label, cpu_s * 1e3, VERDICT_MIN_CPU_S * 1e3);
    return err_hint(err, "that is the start of a process, not its work; give the command a larger "
                         "job: from 100 ms on small differences show");
}

static bool check_samples(const struct pairs *pairs, const char *base, const char *test,
                          struct err *err)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (!verdict_check_sample(base, pairs->items[i].base.cpu_s, err) ||
            !verdict_check_sample(test, pairs->items[i].test.cpu_s, err))
            return false;
    return true;
}

static bool shift_of(const struct pairs *pairs, double level, struct shift *shift, double *p_value)
{
    double *differences = mem_array(pairs->count, sizeof(*differences));
    bool exists;

    for (size_t i = 0; i < pairs->count; i++)
        differences[i] = log(pairs->items[i].test.cpu_s / pairs->items[i].base.cpu_s);
    exists = statistics_shift(differences, pairs->count, level, shift);
    *p_value = exists ? statistics_signed_rank_p(differences, pairs->count) : 1;
    free(differences);
    return exists;
}

static bool summarize(const struct pairs *pairs, bool test, struct build_summary *summary)
{
    size_t count = pairs->count;
    double *cpu = mem_array(count * 3, sizeof(*cpu)), *wall = cpu + count, *peak = wall + count;
    bool exists;

    for (size_t i = 0; i < count; i++) {
        const struct sample *sample = test ? &pairs->items[i].test : &pairs->items[i].base;

        cpu[i] = sample->cpu_s;
        wall[i] = sample->wall_s;
        peak[i] = (double)sample->peak_bytes;
    }
    summary->cpu_s = statistics_median(cpu, count);
    summary->wall_s = statistics_median(wall, count);
    summary->peak_bytes = statistics_median(peak, count);
    exists = statistics_median_interval(cpu, count, VERDICT_LEVEL, &summary->cpu_interval_s) &&
             statistics_median_interval(wall, count, VERDICT_LEVEL, &summary->wall_interval_s);
    free(cpu);
    return exists;
}

static enum verdict decide(const struct shift *shift, double floor)
{
    if (fabs(shift->value) <= floor)
        return VERDICT_NO_DIFFERENCE;
    if (shift->interval.high < 0)
        return VERDICT_FASTER;
    return shift->interval.low > 0 ? VERDICT_SLOWER : VERDICT_NO_DIFFERENCE;
}

/*
 * Widths shrink with the root of the count. A shift as large as the width is found every other
 * time; one 1.3 times as large four times in five: (2.58 + 0.84) / 2.58, quantiles of the normal
 * distribution. An estimate, and said to be one.
 */
static double pairs_needed(size_t count, const struct shift *shift, double floor, double wanted)
{
    double half = (shift->interval.high - shift->interval.low) / 2;
    double width = 1.3 * fmax(half, floor) / wanted;

    return fmax(VERDICT_MIN_PAIRS, ceil((double)count * width * width));
}

bool verdict_decide(const struct pairs *pairs, const struct pairs *control,
                    struct judgement *judgement, struct err *err)
{
    struct judgement made = {0};
    struct shift floor;
    double ignored;

    if (!verdict_check_pairs(pairs->count, err) || !verdict_check_pairs(control->count, err) ||
        !check_samples(pairs, "base", "test", err) || !check_samples(control, "base", "base", err))
        return false;
    if (!shift_of(control, VERDICT_CONTROL_LEVEL, &floor, &ignored) ||
        !shift_of(pairs, VERDICT_LEVEL, &made.shift, &made.p_value) ||
        !summarize(pairs, false, &made.base) || !summarize(pairs, true, &made.test))
        return verdict_check_pairs(0, err);
    made.floor = fmax(fabs(floor.interval.low), fabs(floor.interval.high));
    made.verdict = decide(&made.shift, made.floor);
    made.pairs_for_one_pct = pairs_needed(pairs->count, &made.shift, made.floor, log(1.01));
    *judgement = made;
    return true;
}

bool verdict_beyond_gate(const struct judgement *judgement, double gate_pct)
{
    return judgement->verdict == VERDICT_SLOWER &&
           verdict_pct(judgement->shift.interval.low) > gate_pct;
}

const char *verdict_name(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_FASTER:
        return "faster";
    case VERDICT_SLOWER:
        return "slower";
    case VERDICT_NO_DIFFERENCE:
        break;
    }
    return "no measurable difference";
}

double verdict_pct(double shift)
{
    return expm1(shift) * 100;
}
