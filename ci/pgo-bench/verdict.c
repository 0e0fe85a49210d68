#include "pgo-bench/verdict.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

bool verdict_check_pairs(size_t pairs, struct err *err)
{
    if (pairs >= VERDICT_MIN_PAIRS)
        return true;
    err_set(err, ERR_LIMIT, "no verdict is possible with %zu pair%s: a %g%% interval needs %d",
            pairs, pairs == 1 ? "" : "s", (1 - VERDICT_ERROR) * 100, VERDICT_MIN_PAIRS);
    return err_hint(err, "leave out -n for up to %d pairs, or ask for %d or more",
                    LOOKS_DEFAULT_PAIRS, VERDICT_MIN_PAIRS);
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

bool verdict_check_runs(const struct pairs *pairs, const char *test, struct err *err)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (!verdict_check_sample("base", pairs->items[i].base.cpu_s, err) ||
            !verdict_check_sample(test, pairs->items[i].test.cpu_s, err))
            return false;
    return true;
}

void verdict_differences(const struct pairs *pairs, double *differences)
{
    for (size_t i = 0; i < pairs->count; i++)
        differences[i] = log(pairs->items[i].test.cpu_s / pairs->items[i].base.cpu_s);
}

static struct interval median_interval(const double *values, size_t count)
{
    struct interval interval;

    if (!statistics_median_interval(values, count, VERDICT_SUMMARY_LEVEL, &interval))
        abort(); /* VERDICT_MIN_PAIRS are more than it needs */
    return interval;
}

static void summarize(const struct pairs *pairs, bool test, struct build_summary *summary)
{
    size_t count = pairs->count;
    double *cpu = mem_array(count * 3, sizeof(*cpu)), *wall = cpu + count, *peak = wall + count;

    for (size_t i = 0; i < count; i++) {
        const struct sample *sample = test ? &pairs->items[i].test : &pairs->items[i].base;

        cpu[i] = sample->cpu_s;
        wall[i] = sample->wall_s;
        peak[i] = (double)sample->peak_bytes;
    }
    summary->cpu_s = statistics_median(cpu, count);
    summary->wall_s = statistics_median(wall, count);
    summary->peak_bytes = statistics_median(peak, count);
    summary->cpu_interval_s = median_interval(cpu, count);
    summary->wall_interval_s = median_interval(wall, count);
    free(cpu);
}

static enum verdict decide(const struct shift *shift, double floor)
{
    if (fabs(shift->value) <= floor)
        return VERDICT_NO_DIFFERENCE;
    if (shift->interval.high < 0)
        return VERDICT_FASTER;
    return shift->interval.low > 0 ? VERDICT_SLOWER : VERDICT_NO_DIFFERENCE;
}

/* The interval's bound on the side of zero is at least half of the shift: its size is known, too.
 */
static bool has_size(const struct shift *shift)
{
    double near = shift->value < 0 ? shift->interval.high : shift->interval.low;

    return near / shift->value >= 0.5;
}

static bool is_clear(const struct finding *finding, double gate_pct)
{
    double low_pct = verdict_pct(finding->shift.interval.low);
    double high_pct = verdict_pct(finding->shift.interval.high);

    if (gate_pct >= 0 && low_pct <= gate_pct && gate_pct <= high_pct)
        return false;
    if (finding->verdict == VERDICT_NO_DIFFERENCE)
        return low_pct > -VERDICT_ALIKE_PCT && high_pct < VERDICT_ALIKE_PCT;
    return has_size(&finding->shift);
}

void verdict_look(const double *differences, const double *control, const struct look *look,
                  double gate_pct, struct finding *finding)
{
    struct shift floor;

    if (!statistics_shift(control, look->control_pairs, look->control_tail, &floor) ||
        !statistics_shift(differences, look->pairs, look->tail, &finding->shift))
        abort(); /* a look is never planned with fewer pairs than its interval needs */
    finding->floor = fmax(fabs(floor.interval.low), fabs(floor.interval.high));
    finding->verdict = decide(&finding->shift, finding->floor);
    finding->clear = is_clear(finding, gate_pct);
}

void verdict_judge(const struct pairs *pairs, const struct look *look,
                   const struct finding *finding, struct judgement *judgement)
{
    double *differences = mem_array(pairs->count, sizeof(*differences));
    double half = (finding->shift.interval.high - finding->shift.interval.low) / 2;

    *judgement = (struct judgement){
        .verdict = finding->verdict,
        .shift = finding->shift,
        .floor = finding->floor,
        .spread = half * sqrt((double)look->pairs) / statistics_normal_quantile(look->error / 2),
    };
    summarize(pairs, false, &judgement->base);
    summarize(pairs, true, &judgement->test);
    verdict_differences(pairs, differences);
    judgement->p_value = statistics_signed_rank_p(differences, look->pairs);
    free(differences);
}

double verdict_pairs_needed(const struct judgement *judgement, double shift)
{
    double wanted = statistics_normal_quantile(VERDICT_ERROR / 4) + statistics_normal_quantile(0.2);
    double root = wanted * judgement->spread / fabs(shift);

    return fmin(fmax(VERDICT_MIN_PAIRS, ceil(root * root)), 1e6);
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
