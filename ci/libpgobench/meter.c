#include "libpgobench/meter.h"

#include "base/clock.h"

bool meter_counts_allocations(void)
{
    return bench_count_allocations != NULL;
}

void meter_start(struct meter *meter)
{
    if (meter->runs)
        return;
    meter->runs = true;
    if (meter_counts_allocations())
        bench_count_allocations(&meter->start.allocations);
    meter->start.cpu_ns = clock_read_ns(CLOCK_PROCESS_CPUTIME_ID);
    meter->start.wall_ns = clock_steady_ns();
}

void meter_stop(struct meter *meter)
{
    struct reading end = {.wall_ns = clock_steady_ns()};
    struct reading *sum = &meter->sum, *start = &meter->start;

    if (!meter->runs)
        return;
    meter->runs = false;
    end.cpu_ns = clock_read_ns(CLOCK_PROCESS_CPUTIME_ID);
    if (meter_counts_allocations())
        bench_count_allocations(&end.allocations);
    sum->wall_ns += end.wall_ns - start->wall_ns;
    sum->cpu_ns += end.cpu_ns - start->cpu_ns;
    sum->allocations.count += end.allocations.count - start->allocations.count;
    sum->allocations.bytes += end.allocations.bytes - start->allocations.bytes;
}

void meter_reset(struct meter *meter)
{
    bool runs = meter->runs;

    *meter = (struct meter){0};
    if (runs)
        meter_start(meter);
}
