#include "profile/perf_event.h"

#include <linux/perf_event.h>
#include <string.h>

#include "base/compiler.h"

static const char *const hardware_names[] = {
    [PERF_COUNT_HW_CPU_CYCLES] = "cycles",
    [PERF_COUNT_HW_INSTRUCTIONS] = "instructions",
    [PERF_COUNT_HW_CACHE_REFERENCES] = "cache-references",
    [PERF_COUNT_HW_CACHE_MISSES] = "cache-misses",
    [PERF_COUNT_HW_BRANCH_INSTRUCTIONS] = "branches",
    [PERF_COUNT_HW_BRANCH_MISSES] = "branch-misses",
    [PERF_COUNT_HW_BUS_CYCLES] = "bus-cycles",
    [PERF_COUNT_HW_STALLED_CYCLES_FRONTEND] = "stalled-cycles-frontend",
    [PERF_COUNT_HW_STALLED_CYCLES_BACKEND] = "stalled-cycles-backend",
    [PERF_COUNT_HW_REF_CPU_CYCLES] = "ref-cycles",
};

static const char *const software_names[] = {
    [PERF_COUNT_SW_CPU_CLOCK] = "cpu-clock",
    [PERF_COUNT_SW_TASK_CLOCK] = "task-clock",
    [PERF_COUNT_SW_PAGE_FAULTS] = "page-faults",
    [PERF_COUNT_SW_CONTEXT_SWITCHES] = "context-switches",
    [PERF_COUNT_SW_CPU_MIGRATIONS] = "cpu-migrations",
    [PERF_COUNT_SW_PAGE_FAULTS_MIN] = "minor-faults",
    [PERF_COUNT_SW_PAGE_FAULTS_MAJ] = "major-faults",
    [PERF_COUNT_SW_ALIGNMENT_FAULTS] = "alignment-faults",
    [PERF_COUNT_SW_EMULATION_FAULTS] = "emulation-faults",
};

/* The event of all kinds of cores. */
static uint64_t hardware_event(uint64_t config)
{
    return config & UINT32_MAX;
}

/* Events of a PMU of its own are known by name: "cpu_core/cycles/", "ibs_op//", "armv8_pmuv3/..."
 */
static enum perf_event_kind kind_by_name(const char *name)
{
    static const char *const cycles[] = {"cycles", "cpu_clk_unhalted", "ibs_op"};

    for (size_t i = 0; i < ARRAY_SIZE(cycles); i++)
        if (strcasestr(name, cycles[i]) && !strcasestr(name, "stall"))
            return PERF_EVENT_CYCLES;
    return PERF_EVENT_OTHER;
}

static enum perf_event_kind hardware_kind(uint64_t event)
{
    switch (event) {
    case PERF_COUNT_HW_CPU_CYCLES:
    case PERF_COUNT_HW_REF_CPU_CYCLES:
        return PERF_EVENT_CYCLES;
    case PERF_COUNT_HW_INSTRUCTIONS:
    case PERF_COUNT_HW_BRANCH_INSTRUCTIONS:
        return PERF_EVENT_WORK;
    default:
        return PERF_EVENT_OTHER;
    }
}

enum perf_event_kind perf_event_kind(const struct perf_data_event *event)
{
    switch (event->type) {
    case PERF_TYPE_HARDWARE:
        return hardware_kind(hardware_event(event->config));
    case PERF_TYPE_SOFTWARE:
        return event->config == PERF_COUNT_SW_CPU_CLOCK || event->config == PERF_COUNT_SW_TASK_CLOCK
                   ? PERF_EVENT_CLOCK
                   : PERF_EVENT_OTHER;
    case PERF_TYPE_TRACEPOINT:
        return PERF_EVENT_OTHER;
    default:
        return kind_by_name(event->name);
    }
}

bool perf_event_measures_time(const struct perf_data_event *event)
{
    enum perf_event_kind kind = perf_event_kind(event);

    return kind == PERF_EVENT_CLOCK || kind == PERF_EVENT_CYCLES;
}

bool perf_event_is_same(const struct perf_data_event *a, const struct perf_data_event *b)
{
    if (a->type != b->type)
        return false;
    if (a->type == PERF_TYPE_HARDWARE)
        return hardware_event(a->config) == hardware_event(b->config);
    return a->config == b->config;
}

const char *perf_event_name(uint32_t type, uint64_t config)
{
    const char *name = NULL;

    if (type == PERF_TYPE_HARDWARE && hardware_event(config) < ARRAY_SIZE(hardware_names))
        name = hardware_names[hardware_event(config)];
    else if (type == PERF_TYPE_SOFTWARE && config < ARRAY_SIZE(software_names))
        name = software_names[config];
    return name ? name : "";
}
