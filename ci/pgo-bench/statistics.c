#include "pgo-bench/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static int compare_magnitudes(const void *a, const void *b)
{
    double x = fabs(*(const double *)a), y = fabs(*(const double *)b);

    return (x > y) - (x < y);
}

static double *sorted_copy(const double *values, size_t count)
{
    double *copy = mem_array(count, sizeof(*copy));

    memcpy(copy, values, count * sizeof(*copy));
    qsort(copy, count, sizeof(*copy), compare_doubles);
    return copy;
}

static double middle(const double *sorted, size_t count)
{
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

/*
 * How many values at each end of the distribution lie in the tail, that is, carry at most half of
 * the error together. An interval that leaves so many values out on each side keeps to the error.
 */
static size_t tail_values(const double *probabilities, size_t count, double error)
{
    double tail = 0;
    size_t values = 0;

    while (values < count && tail + probabilities[values] <= error / 2)
        tail += probabilities[values++];
    return values;
}

/* Probabilities of 0...count successes in `count` throws of a coin; free() them. */
static double *coin_distribution(size_t count)
{
    double *probabilities = mem_array(count + 1, sizeof(*probabilities));

    probabilities[0] = 1;
    for (size_t n = 1; n <= count; n++)
        for (size_t i = n + 1; i-- > 0;)
            probabilities[i] = (probabilities[i] + (i ? probabilities[i - 1] : 0)) / 2;
    return probabilities;
}

/*
 * Probabilities of each sum, 0...total, of the ranks whose coin shows heads; free() them. With
 * STATISTICS_MAX_COUNT ranks the smallest is 2^-500, which a double holds.
 */
static double *rank_sum_distribution(const size_t *ranks, size_t count, size_t total)
{
    double *probabilities = mem_array(total + 1, sizeof(*probabilities));
    size_t reached = 0;

    probabilities[0] = 1;
    for (size_t i = 0; i < count; i++) {
        reached += ranks[i];
        for (size_t sum = reached + 1; sum-- > 0;) {
            double with = sum >= ranks[i] ? probabilities[sum - ranks[i]] : 0;

            probabilities[sum] = (probabilities[sum] + with) / 2;
        }
    }
    return probabilities;
}

/* The means of all pairs of values, each with itself too, in no order; free() them. */
static double *walsh_averages(const double *values, size_t count, size_t *average_count)
{
    double *averages = mem_array(count * (count + 1) / 2, sizeof(*averages));
    size_t used = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t j = i; j < count; j++)
            averages[used++] = (values[i] + values[j]) / 2;
    *average_count = used;
    return averages;
}

/* Hoare's selection: to sort 125,000 means takes ten times as long, and simulations ask often. */
double statistics_select(double *values, size_t count, size_t place)
{
    size_t low = 0, high = count - 1;

    while (low < high) {
        double pivot = values[low + (high - low) / 2];
        size_t i = low, j = high;

        for (;; i++, j--) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i >= j)
                break;
            double swap = values[i];
            values[i] = values[j];
            values[j] = swap;
        }
        /* values before i are at most the pivot, those behind j at least */
        if (place <= j)
            high = j;
        else
            low = j + 1;
    }
    return values[place];
}

double statistics_median(const double *values, size_t count)
{
    double *sorted = sorted_copy(values, count);
    double median = middle(sorted, count);

    free(sorted);
    return median;
}

bool statistics_median_interval(const double *values, size_t count, double level,
                                struct interval *interval)
{
    double *probabilities = coin_distribution(count);
    size_t left_out = tail_values(probabilities, count, 1 - level);
    double *sorted;

    free(probabilities);
    if (left_out == 0)
        return false;
    sorted = sorted_copy(values, count);
    *interval = (struct interval){.low = sorted[left_out - 1], .high = sorted[count - left_out]};
    free(sorted);
    return true;
}

size_t statistics_shift_tail(size_t count, double error)
{
    size_t total = count * (count + 1) / 2, tail;
    size_t *ranks = mem_array(count, sizeof(*ranks));
    double *probabilities;

    for (size_t i = 0; i < count; i++)
        ranks[i] = i + 1;
    probabilities = rank_sum_distribution(ranks, count, total);
    tail = tail_values(probabilities, total, error);
    free(probabilities);
    free(ranks);
    return tail;
}

bool statistics_shift(const double *differences, size_t count, size_t tail, struct shift *shift)
{
    size_t used;
    double *averages;

    if (tail == 0)
        return false;
    averages = walsh_averages(differences, count, &used);
    shift->value = (statistics_select(averages, used, (used - 1) / 2) +
                    statistics_select(averages, used, used / 2)) /
                   2;
    shift->interval = (struct interval){.low = statistics_select(averages, used, tail - 1),
                                        .high = statistics_select(averages, used, used - tail)};
    free(averages);
    return true;
}

/*
 * Doubled ranks of sorted magnitudes, so that the mean rank of a tie is a whole number. Returns
 * the sum of the ranks of positive values, doubled too.
 */
static size_t double_ranks(const double *sorted, size_t count, size_t *ranks)
{
    size_t positive = 0;

    for (size_t start = 0, end; start < count; start = end) {
        end = start + 1;
        while (end < count && fabs(sorted[end]) == fabs(sorted[start]))
            end++;
        for (size_t i = start; i < end; i++) {
            ranks[i] = start + 1 + end; /* twice the mean of start + 1 ... end */
            positive += sorted[i] > 0 ? ranks[i] : 0;
        }
    }
    return positive;
}

double statistics_signed_rank_p(const double *differences, size_t count)
{
    double *values = mem_array(count, sizeof(*values)), *probabilities, below = 0, above = 0;
    size_t *ranks = mem_array(count, sizeof(*ranks));
    size_t used = 0, total, positive;

    for (size_t i = 0; i < count; i++)
        if (differences[i] != 0)
            values[used++] = differences[i];
    qsort(values, used, sizeof(*values), compare_magnitudes);
    positive = double_ranks(values, used, ranks);
    total = used * (used + 1);
    probabilities = rank_sum_distribution(ranks, used, total);
    for (size_t sum = 0; sum <= total; sum++) {
        below += sum <= positive ? probabilities[sum] : 0;
        above += sum >= positive ? probabilities[sum] : 0;
    }
    free(probabilities);
    free(ranks);
    free(values);
    return fmin(1, 2 * fmin(below, above));
}

size_t statistics_min_count(double error)
{
    size_t count = 1;

    while (ldexp(1, -(int)count) > error / 2) /* all on one side, by chance */
        count++;
    return count;
}

double statistics_normal_quantile(double tail)
{
    double low = 0, high = 40;

    while (high - low > 1e-9) {
        double middle = (low + high) / 2;

        if (erfc(middle / sqrt(2)) / 2 > tail)
            low = middle;
        else
            high = middle;
    }
    return low;
}
