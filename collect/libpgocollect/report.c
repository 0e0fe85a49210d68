#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drain.h"
#include "profile/pprof.h"
#include "threads.h"
#include "window.h"

static void add_comments(const struct report *report, struct profile *profile)
{
    const struct window *window = report->window;

    profile_add_comment(profile, "libpgocollect %s", PGO_VERSION);
    profile_add_comment(profile, "program: %s", program_invocation_short_name);
    profile_add_comment(profile, "sampler: CPU timer per thread, %llu Hz",
                        1000000000ull / (unsigned long long)window->period_ns);
    profile_add_comment(
        profile, "samples: %llu, complete stacks: %llu, cut for memory: %llu, lost: %llu",
        (unsigned long long)window->weight,
        (unsigned long long)window->end_weights[UNWIND_COMPLETE],
        (unsigned long long)window->cut_weight, (unsigned long long)report->stats.lost_weight);
    if (threads_need_ticks())
        profile_add_comment(profile, "no timers: CPU clocks were read once a period");
    if (threads_blocked_count())
        profile_add_comment(profile, "threads that block SIGPROF: %u", threads_blocked_count());
    if (report->is_signal_taken)
        profile_add_comment(profile, "the program has taken SIGPROF: samples are missing");
    if (report->stats.lost_threads)
        profile_add_comment(profile, "threads that could not be sampled: %llu",
                            (unsigned long long)report->stats.lost_threads);
}

void report_take_mappings(struct report *report)
{
    const struct code_map *code = drain_code();

    report->mapping_count = code->mapping_count;
    report->mappings = mem_array(code->mapping_count, sizeof(*report->mappings));
    if (code->mapping_count)
        memcpy(report->mappings, code->mappings, code->mapping_count * sizeof(*report->mappings));
}

void report_write(const struct report *report, struct strbuf *pprof)
{
    struct profile *profile =
        window_profile(report->window, report->mappings, report->mapping_count);

    add_comments(report, profile);
    pprof_write(profile, pprof);
    profile_free(profile);
}

void report_release(struct report *report)
{
    free(report->mappings);
    report->mappings = NULL;
}
