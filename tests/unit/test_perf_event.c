/* What the events of perf.data files count. */
#include "profile/perf_event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <linux/perf_event.h>

#include "base/compiler.h"

#define ON_ATOM (UINT64_C(10) << 32) /* the PMU of a kind of cores */

static void test_kinds(void **state)
{
    static const struct {
        uint32_t type;
        uint64_t config;
        const char *name;
        enum perf_event_kind kind;
    } events[] = {
        {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, "", PERF_EVENT_CYCLES},
        {PERF_TYPE_HARDWARE, ON_ATOM | PERF_COUNT_HW_CPU_CYCLES, "", PERF_EVENT_CYCLES},
        {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BUS_CYCLES, "bus-cycles", PERF_EVENT_OTHER},
        {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, "", PERF_EVENT_WORK},
        {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, "", PERF_EVENT_CLOCK},
        {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK, "", PERF_EVENT_CLOCK},
        {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, "", PERF_EVENT_OTHER},
        {PERF_TYPE_TRACEPOINT, 77, "cycles:begin", PERF_EVENT_OTHER},
        {PERF_TYPE_RAW, 0x3c, "CPU_CLK_UNHALTED.THREAD", PERF_EVENT_CYCLES},
        {PERF_TYPE_RAW, 0xa3, "cycle_activity.stalls_total", PERF_EVENT_OTHER},
        {11, 0, "ibs_op//", PERF_EVENT_CYCLES},
        {11, 0, "", PERF_EVENT_OTHER},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
        struct perf_data_event event = {
            .type = events[i].type, .config = events[i].config, .name = events[i].name};

        if (perf_event_kind(&event) != events[i].kind)
            fail_msg("event %zu: %d", i, perf_event_kind(&event));
    }
}

/* The cycles of both kinds of cores are the same; two clocks are not. */
static void test_same(void **state)
{
    struct perf_data_event core = {.type = PERF_TYPE_HARDWARE}, atom = core, clock = core;

    (void)state;
    atom.config = ON_ATOM;
    clock.type = PERF_TYPE_SOFTWARE;
    assert_true(perf_event_is_same(&core, &atom));
    assert_false(perf_event_is_same(&core, &clock));
    atom.config |= PERF_COUNT_HW_INSTRUCTIONS;
    assert_false(perf_event_is_same(&core, &atom));
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(perf_event_name(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK),
                        "task-clock");
    assert_string_equal(perf_event_name(PERF_TYPE_HARDWARE, ON_ATOM), "cycles");
    assert_string_equal(perf_event_name(PERF_TYPE_SOFTWARE, UINT64_MAX), "");
    assert_string_equal(perf_event_name(PERF_TYPE_RAW, 0), "");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
