/*
 * simulate_verdicts - how often pgo-bench finds a difference, by its own rule on recorded noise.
 *
 * usage: simulate_verdicts COMPARISONS PAIRS PERCENT early|all RECORDING...
 *
 * A line for each recording: its name, then in tabs the share of comparisons with the verdicts
 * faster and slower, the mean number of pairs, and the share whose interval holds the truth.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "pgo-bench/statistics.h"
#include "verdict_simulation.h"

static bool read_words(char **words, struct simulation *simulation)
{
    uint64_t comparisons, pairs;
    double pct;

    if (!number_parse_u64(words[1], &comparisons) || !number_parse_u64(words[2], &pairs) ||
        !number_parse_double(words[3], &pct) || comparisons == 0 || pct <= -100 || pairs < 11 ||
        pairs > STATISTICS_MAX_COUNT)
        return false;
    simulation->comparisons = comparisons;
    simulation->max_pairs = pairs;
    simulation->shift = log1p(pct / 100);
    simulation->early_stop = strcmp(words[4], "early") == 0;
    return true;
}

int main(int argc, char **argv)
{
    struct simulation simulation = {.seed = 1};
    struct err err;

    if (argc < 6 || !read_words(argv, &simulation)) {
        fprintf(stderr,
                "usage: simulate_verdicts COMPARISONS PAIRS PERCENT early|all RECORDING...\n");
        return 2;
    }
    for (int i = 5; i < argc; i++) {
        double all = (double)simulation.comparisons;
        struct recording recording;
        struct simulated found;

        if (!recording_read(argv[i], &recording, &err)) {
            fprintf(stderr, "simulate_verdicts: %s\n", err.message);
            return 1;
        }
        simulation.recording = &recording;
        found = simulate(&simulation);
        printf("%s\t%.5f\t%.5f\t%.1f\t%.5f\n", recording.name, (double)found.faster / all,
               (double)found.slower / all, (double)found.pairs / all, (double)found.covers / all);
        recording_release(&recording);
    }
    return 0;
}
