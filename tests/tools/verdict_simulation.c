#include "verdict_simulation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/path.h"
#include "pgo-bench/looks.h"
#include "pgo-bench/order.h"
#include "pgo-bench/verdict.h"

#define MAX_BYTES  ((size_t)1 << 20)
#define BLOCK_RUNS 90 /* half of what a comparison of 60 pairs takes, with its control */

bool recording_read(const char *path, struct recording *recording, struct err *err)
{
    struct strbuf text = {0};
    struct recording read = {0};
    bool done = file_read(path, MAX_BYTES, &text, err);
    char *rest = text.data;

    for (char *line; done && rest && (line = strsep(&rest, "\n"));) {
        uint64_t time_us;

        if (*line == '#' || !*line)
            continue;
        if (!number_parse_u64(line, &time_us) || time_us == 0)
            done = err_set(err, ERR_FORMAT, "%s: expected microseconds, found '%s'", path, line);
        else
            *ARRAY_PUSH(read.log_times, read.count, read.capacity) = log((double)time_us);
    }
    if (done && read.count <= BLOCK_RUNS)
        done = err_set(err, ERR_FORMAT, "%s: %zu runs, more than %d are needed", path, read.count,
                       BLOCK_RUNS);
    strbuf_release(&text);
    if (!done) {
        recording_release(&read);
        return false;
    }
    read.name = mem_strdup(path_base(path));
    read.name[strcspn(read.name, ".")] = '\0';
    *recording = read;
    return true;
}

void recording_release(struct recording *recording)
{
    free(recording->name);
    free(recording->log_times);
    *recording = (struct recording){0};
}

/* Runs, one after the other. */
struct source {
    const struct recording *recording;
    struct order *random;
    size_t next, left;
};

static double next_run(struct source *source)
{
    if (source->left == 0) {
        source->left = BLOCK_RUNS;
        source->next = order_below(source->random, source->recording->count - BLOCK_RUNS + 1);
    }
    source->left--;
    return source->recording->log_times[source->next++];
}

static double next_difference(struct source *source, double shift)
{
    bool test_first = order_toss(source->random);
    double first = next_run(source), second = next_run(source);

    return (test_first ? first - second : second - first) + shift;
}

static void compare_once(const struct simulation *simulation, const struct looks *looks,
                         struct order *random, struct simulated *all)
{
    struct source source = {.recording = simulation->recording, .random = random};
    double pairs[STATISTICS_MAX_COUNT], control[STATISTICS_MAX_COUNT];
    size_t pair_count = 0, control_count = 0;
    struct finding finding = {0};

    for (size_t i = 0; i < looks->count && !finding.clear; i++) {
        const struct look *look = &looks->items[i];

        while (pair_count < look->pairs || control_count < look->control_pairs)
            if (control_count < looks_control_for(pair_count))
                control[control_count++] = next_difference(&source, 0);
            else
                pairs[pair_count++] = next_difference(&source, simulation->shift);
        verdict_look(pairs, control, look, VERDICT_NO_GATE, &finding);
    }
    all->faster += finding.verdict == VERDICT_FASTER;
    all->slower += finding.verdict == VERDICT_SLOWER;
    all->pairs += pair_count;
    all->covers += finding.shift.interval.low <= simulation->shift &&
                   simulation->shift <= finding.shift.interval.high;
}

struct simulated simulate(const struct simulation *simulation)
{
    struct simulated all = {0};
    struct looks looks;
    struct order random;

    order_init(&random, simulation->seed);
    looks_plan(simulation->max_pairs, simulation->early_stop, VERDICT_ERROR, &looks);
    for (size_t i = 0; i < simulation->comparisons; i++)
        compare_once(simulation, &looks, &random, &all);
    return all;
}
