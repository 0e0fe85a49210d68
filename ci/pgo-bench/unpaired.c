#include "pgo-bench/unpaired.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

struct ranked {
    double value;
    bool of_base;
};

static int compare_ranked(const void *a, const void *b)
{
    double x = ((const struct ranked *)a)->value, y = ((const struct ranked *)b)->value;

    return (x > y) - (x < y);
}

/* What the rank test needs to know of the two samples. */
struct ranking {
    size_t *doubled; /* ranks of all values, in order; doubled, so that a tie's is a whole number */
    size_t count, base_count;
    size_t base_sum; /* of the doubled ranks of base */
    double ties;     /* the sum of t^3 - t over groups of t equal values */
};

static void rank_all(const struct values *base, const struct values *test, struct ranking *ranking)
{
    size_t count = base->count + test->count;
    struct ranked *all = mem_array(count, sizeof(*all));

    *ranking = (struct ranking){
        .doubled = mem_array(count, sizeof(size_t)), .count = count, .base_count = base->count};
    for (size_t i = 0; i < count; i++)
        all[i] = i < base->count ? (struct ranked){.value = base->items[i], .of_base = true}
                                 : (struct ranked){.value = test->items[i - base->count]};
    qsort(all, count, sizeof(*all), compare_ranked);
    for (size_t start = 0, end; start < count; start = end) {
        double tied;

        for (end = start + 1; end < count && all[end].value == all[start].value;)
            end++;
        tied = (double)(end - start);
        ranking->ties += tied * tied * tied - tied;
        for (size_t i = start; i < end; i++) {
            ranking->doubled[i] = start + 1 + end; /* twice the mean of start + 1 ... end */
            ranking->base_sum += all[i].of_base ? ranking->doubled[i] : 0;
        }
    }
    free(all);
}

/*
 * Probabilities of each sum, 0...sum of all, of `chosen` ranks drawn from these; free() them.
 * Taken one rank after the other: ways[c][s] is how many sets of c ranks make the sum s, as a
 * share of all sets. A double holds the ways for UNPAIRED_EXACT_COUNT ranks (below 2^80).
 */
static double *sum_distribution(const size_t *ranks, size_t count, size_t chosen, size_t *sum_count)
{
    size_t width = 1, reached = 0;
    double *ways, *probabilities, all = 0;

    for (size_t i = 0; i < count; i++)
        width += ranks[i];
    ways = mem_array((chosen + 1) * width, sizeof(*ways));
    ways[0] = 1;
    for (size_t i = 0; i < count; i++) {
        reached += ranks[i];
        for (size_t c = i + 1 < chosen ? i + 1 : chosen; c > 0; c--)
            for (size_t sum = reached; sum + 1 > ranks[i]; sum--)
                ways[c * width + sum] += ways[(c - 1) * width + sum - ranks[i]];
    }
    probabilities = mem_array(width, sizeof(*probabilities));
    for (size_t sum = 0; sum < width; sum++)
        all += ways[chosen * width + sum];
    for (size_t sum = 0; sum < width; sum++)
        probabilities[sum] = ways[chosen * width + sum] / all;
    free(ways);
    *sum_count = width;
    return probabilities;
}

static double exact_p(const struct ranking *ranking)
{
    double below = 0, above = 0, *probabilities;
    size_t sum_count;

    probabilities =
        sum_distribution(ranking->doubled, ranking->count, ranking->base_count, &sum_count);
    for (size_t sum = 0; sum < sum_count; sum++) {
        below += sum <= ranking->base_sum ? probabilities[sum] : 0;
        above += sum >= ranking->base_sum ? probabilities[sum] : 0;
    }
    free(probabilities);
    return fmin(1, 2 * fmin(below, above));
}

static double normal_p(const struct ranking *ranking)
{
    double n = (double)ranking->count, m = (double)ranking->base_count, k = n - m;
    double expected = m * (n + 1) / 2;
    double variance = m * k / 12 * (n + 1 - ranking->ties / (n * (n - 1)));
    double off = fmax(0, fabs((double)ranking->base_sum / 2 - expected) - 0.5);

    return variance > 0 ? erfc(off / sqrt(variance) / sqrt(2)) : 1;
}

double unpaired_rank_p(const struct values *base, const struct values *test)
{
    struct ranking ranking;
    double p;

    rank_all(base, test, &ranking);
    p = ranking.count <= UNPAIRED_EXACT_COUNT ? exact_p(&ranking) : normal_p(&ranking);
    free(ranking.doubled);
    return p;
}

double unpaired_least_p(size_t base_count, size_t test_count)
{
    double ways = 1;

    for (size_t i = 1; i <= base_count; i++)
        ways *= (double)(test_count + i) / (double)i;
    return fmin(1, 2 / ways);
}

/* How many of the smallest and of the largest differences the interval leaves out. */
static size_t exact_tail(size_t base_count, size_t test_count, double error)
{
    size_t count = base_count + test_count, *ranks = mem_array(count, sizeof(*ranks));
    size_t least = base_count * (base_count + 1) / 2, sum_count, tail = 0;
    double *probabilities, below = 0;

    for (size_t i = 0; i < count; i++)
        ranks[i] = i + 1;
    probabilities = sum_distribution(ranks, count, base_count, &sum_count);
    while (tail < base_count * test_count && below + probabilities[least + tail] <= error / 2)
        below += probabilities[least + tail++];
    free(probabilities);
    free(ranks);
    return tail;
}

static size_t normal_tail(size_t base_count, size_t test_count, double error)
{
    double all = (double)base_count * (double)test_count;
    double deviation = sqrt(all * (double)(base_count + test_count + 1) / 12);
    double tail = floor(all / 2 - statistics_normal_quantile(error / 2) * deviation);

    return tail > 0 ? (size_t)tail : 0;
}

struct shift unpaired_shift(const struct values *base, const struct values *test, double error)
{
    size_t count = base->count * test->count, used = 0;
    size_t tail = base->count + test->count <= UNPAIRED_EXACT_COUNT
                      ? exact_tail(base->count, test->count, error)
                      : normal_tail(base->count, test->count, error);
    double *differences = mem_array(count, sizeof(*differences));
    struct shift shift = {.interval = {-INFINITY, INFINITY}};

    for (size_t i = 0; i < base->count; i++)
        for (size_t j = 0; j < test->count; j++)
            differences[used++] = test->items[j] - base->items[i];
    shift.value = (statistics_select(differences, count, (count - 1) / 2) +
                   statistics_select(differences, count, count / 2)) /
                  2;
    if (tail > 0) {
        shift.interval.low = statistics_select(differences, count, tail - 1);
        shift.interval.high = statistics_select(differences, count, count - tail);
    }
    free(differences);
    return shift;
}
