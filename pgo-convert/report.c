#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/talk.h"

static const char *const reasons[DROP_REASON_COUNT] = {
    [DROP_NO_ADDRESS] = "no mapping holds the address",
    [DROP_SYSTEM] = "code of the system, not of the project",
    [DROP_NO_BINARY] = "binary not found, and no names in the profile",
    [DROP_NO_DEBUG] = "binary without debug information",
    [DROP_OUTSIDE] = "address outside the binary's segments",
    [DROP_NO_FUNCTION] = "no function or line known there",
    [DROP_NO_LINE] = "code that belongs to no line",
    [DROP_NO_START] = "start line of the function not known",
    [DROP_NO_PROBES] = "no pseudo-probes there, while most samples have them",
    [DROP_EXACT] = "the binary has branch records, which are exact",
};

static const char *const kinds[] = {
    [INPUT_IS_PPROF] = "pprof",
    [INPUT_IS_PERF_DATA] = "perf.data",
    [INPUT_IS_GPERFTOOLS] = "gperftools profile",
    [INPUT_IS_BRANCH_TEXT] = "branch text",
    [INPUT_IS_COUNTS] = "counts",
    [INPUT_IS_PROFILE] = "sample profile",
};

const char *report_reason_name(enum drop_reason reason)
{
    return reasons[reason];
}

const char *report_kind_name(enum report_input_kind kind)
{
    return kinds[kind];
}

struct report_input *report_add_input(struct report *report, const char *path, uint64_t weight)
{
    struct report_input *input =
        ARRAY_PUSH(report->inputs, report->input_count, report->input_capacity);

    *input = (struct report_input){.path = path, .weight = weight};
    return input;
}

bool report_is_staleness(const struct report *report)
{
    for (size_t i = 0; i < report->input_count; i++)
        if (report->inputs[i].kind != INPUT_IS_PROFILE)
            return false;
    return true;
}

void report_release(struct report *report)
{
    staleness_release(&report->staleness);
    provenance_release(&report->provenance);
    free(report->inputs);
}

void report_drop(struct report *report, enum drop_reason reason, uint64_t weight,
                 const char *example)
{
    report->dropped[reason] = saturating_add(report->dropped[reason], weight);
    if (!report->example[reason][0])
        snprintf(report->example[reason], sizeof(report->example[reason]), "%s", example);
}

static double share_pct(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

static uint64_t dropped_total(const struct report *report)
{
    uint64_t total = 0;

    for (int i = 0; i < DROP_REASON_COUNT; i++)
        total = saturating_add(total, report->dropped[i]);
    return total;
}

static void say_drops(const struct report *report)
{
    for (int i = 0; i < DROP_REASON_COUNT; i++)
        if (report->dropped[i])
            talk_say("dropped %.1f%% (%" PRIu64 "/%" PRIu64 "): %s: %s",
                     share_pct(report->dropped[i], report->sample_count), report->dropped[i],
                     report->sample_count, reasons[i], report->example[i]);
}

/* "93.1% through the binary, 2.0% by names and lines alone": the second only if there is any. */
static void say_samples(const struct report *report)
{
    uint64_t kept = saturating_add(report->by_address, report->by_line);

    if (!report->by_line || !report->by_address)
        talk_say("%" PRIu64 " samples read, %.1f%% mapped to functions %s", report->sample_count,
                 share_pct(kept, report->sample_count),
                 report->by_line ? "by names and lines alone" : "through the binary");
    else
        talk_say("%" PRIu64 " samples read, %.1f%% mapped to functions: %.1f%% through the binary, "
                 "%.1f%% by names and lines alone",
                 report->sample_count, share_pct(kept, report->sample_count),
                 share_pct(report->by_address, report->sample_count),
                 share_pct(report->by_line, report->sample_count));
    if (report->unlabelled)
        talk_say("%zu stacks without the label were left out", report->unlabelled);
}

/* Their counts are taken as they are: what share they make of it is for the user to judge. */
static void say_profiles(const struct report *report)
{
    for (size_t i = 0; i < report->input_count; i++) {
        const struct report_input *input = &report->inputs[i];

        if (input->kind == INPUT_IS_PROFILE)
            talk_say("%s: sample profile, %zu functions, %.1f%% of all counts", input->path,
                     input->functions, share_pct(input->total, report->counts_total));
    }
}

static void say_recording(const struct report *report)
{
    if (report->ranges.count)
        talk_say("branch records: %" PRIu64 " ranges of code, %.1f%% (%" PRIu64 ") of them bogus "
                 "and left out",
                 report->ranges.count, share_pct(report->ranges.bogus_count, report->ranges.count),
                 report->ranges.bogus_count);
    if (report->lost_count)
        talk_warn("the kernel lost %" PRIu64 " records; record with larger buffers (-m)",
                  report->lost_count);
    if (report->throttled_count)
        talk_warn("the kernel stopped sampling %" PRIu64 " times; record at a lower frequency (-F)",
                  report->throttled_count);
}

static void say_staleness(const struct staleness *staleness)
{
    const struct staleness_function *moved = NULL;

    if (!staleness->count)
        return;
    for (size_t i = 0; !moved && i < staleness->count; i++)
        if (staleness->functions[i].state != STALENESS_MATCHED)
            moved = &staleness->functions[i];
    talk_say("against the binary: %.1f%% of the counts fit, %.1f%% moved, %.1f%% are of functions "
             "that are gone",
             share_pct(staleness->found, staleness->total),
             share_pct(staleness->total - staleness->found - staleness->gone, staleness->total),
             share_pct(staleness->gone, staleness->total));
    talk_say("functions: %zu matched, %zu moved, %zu gone", staleness->states[STALENESS_MATCHED],
             staleness->states[STALENESS_MOVED], staleness->states[STALENESS_GONE]);
    if (moved)
        talk_say("the largest that does not fit: %s, %.1f%% of all counts, of which %.1f%% fit",
                 moved->name, share_pct(moved->total, staleness->total),
                 share_pct(moved->found, moved->total));
}

static void say_losses(const struct sampleprof_losses *losses, const char *what)
{
    if (losses->function_count)
        talk_warn("%zu %s and are left out, the largest is %s (%" PRIu64 " counts)",
                  losses->function_count, what, losses->example, losses->total);
}

static void say_refresh(const struct report *report)
{
    const struct refresh_report *refresh = &report->refresh;
    size_t old_count = refresh->kept + refresh->changed + refresh->expired + refresh->gone;

    if (!report->refreshed)
        return;
    if (refresh->is_other_kind)
        talk_warn("%s: nothing could be kept: one of the profiles is by pseudo-probe, the other by "
                  "line",
                  report->refreshed);
    else if (refresh->sample_count)
        talk_say("%zu of %zu functions kept from %s, which carry %.1f%% of the samples",
                 refresh->kept, old_count, report->refreshed,
                 share_pct(refresh->kept_samples, refresh->sample_count));
    else
        talk_say("%zu of %zu functions kept from %s", refresh->kept, old_count, report->refreshed);
    talk_say("not kept: %zu changed, %zu too old, %zu gone; added: %zu; left out as chance: %zu",
             refresh->changed, refresh->expired, refresh->gone, refresh->added, refresh->left_out);
    if (refresh->inlined)
        talk_say("%zu new functions left out: the kept records have them inlined",
                 refresh->inlined);
}

void report_say(const struct report *report, const struct sampleprof *tree,
                const struct sampleprof_losses *losses, const char *counts_kind)
{
    if (report->sample_count)
        say_samples(report);
    say_recording(report);
    say_profiles(report);
    talk_say("%zu functions in %zu compile units; counts: %s",
             tree->function_count - losses->function_count, tree->unit_count, counts_kind);
    say_drops(report);
    say_refresh(report);
    say_staleness(&report->staleness);
    say_losses(losses, "static functions share their name with a larger one of another file");
    say_losses(&report->checksum_losses,
               "functions have another control flow in another input, where they are larger,");
    if (report->sample_count && dropped_total(report) > report->sample_count / 2)
        talk_warn("more than half of the samples are of no use to a compiler: see above why");
    if (report->by_line && !report->by_address)
        talk_warn("without the binary that was profiled the counts are poorer: name it with "
                  "--binary=FILE, or record again");
}

static enum drop_reason main_reason(const struct report *report)
{
    enum drop_reason main = DROP_NO_ADDRESS;

    for (int i = 0; i < DROP_REASON_COUNT; i++)
        if (report->dropped[i] > report->dropped[main])
            main = (enum drop_reason)i;
    return main;
}

static bool has_profile(const struct report *report)
{
    for (size_t i = 0; i < report->input_count; i++)
        if (report->inputs[i].kind == INPUT_IS_PROFILE)
            return true;
    return false;
}

bool report_check(const struct report *report, struct err *err)
{
    enum drop_reason reason = main_reason(report);

    if (report->by_address || report->by_line || (!report->sample_count && has_profile(report)))
        return true;
    if (!report->sample_count && report->unlabelled) {
        err_set(err, ERR_NOT_FOUND, "none of the %zu stacks has the label", report->unlabelled);
        return err_hint(err, "`go tool pprof -tags PROFILE` lists the labels");
    }
    if (!report->sample_count) {
        err_set(err, ERR_FORMAT, "no samples");
        return err_hint(err, "record for longer, or with a higher -F, while the program works");
    }
    err_set(err, ERR_NOT_FOUND, "none of the %" PRIu64 " samples can be used: %s: %s",
            report->sample_count, reasons[reason], report->example[reason]);
    if (reason == DROP_NO_BINARY || reason == DROP_NO_START)
        return err_hint(err, "name the profiled executable: --binary=FILE");
    return err_hint(err, "profile a binary that was built by pgo-build, or with -g1 "
                         "-fdebug-info-for-profiling, and is not stripped");
}

/* Of `whole`, which has lost the part or would have had it. */
static bool check_share(uint64_t part, uint64_t whole, const char *what, const char *example,
                        struct err *err)
{
    if (share_pct(part, whole) <= STRICT_PCT)
        return true;
    err_set(err, ERR_LIMIT,
            "--strict: %.1f%% (%" PRIu64 "/%" PRIu64 ") of the %s: %s, expected at "
            "most %d%%",
            share_pct(part, whole), part, whole, what, example, STRICT_PCT);
    return err_hint(err, "without --strict it is a warning; the other lines say what to mend");
}

bool report_check_strict(const struct report *report, const struct sampleprof *tree,
                         const struct sampleprof_losses *losses, struct err *err)
{
    uint64_t counts = 0;

    for (size_t i = 0; i < tree->function_count; i++)
        counts = saturating_add(counts, tree->functions[i]->total);
    return check_share(dropped_total(report), report->sample_count, "samples dropped",
                       reasons[main_reason(report)], err) &&
           check_share(losses->total, counts, "counts are of static functions of one name",
                       losses->example, err) &&
           check_share(report->checksum_losses.total, report->counts_total,
                       "counts are of another control flow", report->checksum_losses.example, err);
}
