#include "pgo-bench/looks.h"

#include "pgo-bench/statistics.h"
#include "pgo-bench/verdict.h"

/* The look after one at so many pairs; one shortly before the end would cost more than it saves. */
static size_t next_look(size_t pairs, size_t max_pairs)
{
    size_t next = pairs ? (pairs * 7 + 4) / 5 : LOOKS_FIRST_PAIRS;

    return next * 6 / 5 > max_pairs ? max_pairs : next;
}

size_t looks_control_for(size_t pairs)
{
    size_t half = (pairs + 1) / 2;

    return half > VERDICT_MIN_CONTROL ? half : VERDICT_MIN_CONTROL;
}

void looks_plan(size_t max_pairs, bool early_stop, double error, struct looks *looks)
{
    struct looks planned = {0};
    size_t pairs = early_stop ? next_look(0, max_pairs) : max_pairs;

    for (;; pairs = next_look(pairs, max_pairs)) {
        planned.items[planned.count++] = (struct look){
            .pairs = pairs,
            .control_pairs = looks_control_for(pairs),
        };
        if (pairs == max_pairs)
            break;
    }
    for (size_t i = 0; i < planned.count; i++) {
        struct look *look = &planned.items[i];

        if (planned.count == 1)
            look->error = error;
        else
            look->error = error / 2 / (i + 1 < planned.count ? (double)planned.count - 1 : 1);
        look->tail = statistics_shift_tail(look->pairs, look->error);
        look->control_tail = statistics_shift_tail(look->control_pairs, 1 - VERDICT_CONTROL_LEVEL);
    }
    *looks = planned;
}
