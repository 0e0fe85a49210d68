#include "gate.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "base/path.h"
#include "base/talk.h"

static bool set_number(const char *name, const char *value, uint64_t max, uint64_t *number,
                       struct err *err)
{
    if (number_parse_u64(value, number) && *number <= max)
        return true;
    return err_set(err, ERR_USAGE, "%s %s: expected a whole number from 0 to %" PRIu64, name, value,
                   max);
}

bool gate_set(struct gate *gate, int id, const char *value, struct err *err)
{
    switch (id) {
    case GATE_MIN_SAMPLES:
        return set_number("--min-samples", value, INT64_MAX, &gate->min_samples, err);
    case GATE_MIN_OWN:
        return set_number("--min-own", value, 100, &gate->min_own_pct, err);
    default: /* GATE_PROGRAM */
        gate->program = value;
        return (*value && !strchr(value, '/')) ||
               err_set(err, ERR_USAGE,
                       "--program=%s: expected the name of a file, without its folder", value);
    }
}

bool gate_check_program(const struct gate *gate, const struct profile *profile, struct err *err)
{
    const char *own = profile->mapping_count ? path_base(profile->mappings[0].file) : "";

    if (!gate->program || strcmp(own, gate->program) == 0)
        return true;
    err_set(err, ERR_MISMATCH, "a profile of %s, expected one of %s (--program)",
            *own ? own : "a program that it does not name", gate->program);
    return err_hint(err, "does another program answer there, or is it the wrong file?");
}

static bool check_own(const struct gate *gate, const struct profile_merge_facts *facts,
                      struct err *err)
{
    double own_pct =
        facts->in_binaries ? 100.0 * (double)facts->in_own / (double)facts->in_binaries : 100;

    if (own_pct >= (double)gate->min_own_pct)
        return true;
    err_set(err, ERR_MISMATCH,
            "%.1f%% (%" PRIu64 "/%" PRIu64 ") of the samples are in the program's own binary, "
            "expected at least %" PRIu64 "%%: nothing written",
            own_pct, facts->in_own, facts->in_binaries, gate->min_own_pct);
    return err_hint(err, "was the right program profiled? `pgo-collect show FILE` tells; "
                         "--min-own=0 takes it");
}

bool gate_check(const struct gate *gate, const struct profile_merge_facts *facts, struct err *err)
{
    /* of memory only bytes are known, and no number of samples */
    if (!facts->is_memory && facts->sample_count < gate->min_samples) {
        err_set(err, ERR_NOT_FOUND,
                "%" PRIu64 " samples, expected at least %" PRIu64 ": nothing written",
                facts->sample_count, gate->min_samples);
        return err_hint(err, "record for longer, under load, or give a lower --min-samples");
    }
    return check_own(gate, facts, err);
}

void gate_warn_programs(const struct profile_merge_facts *facts)
{
    if (facts->other_count)
        talk_warn("%" PRIu64 " of %" PRIu64 " profiles %s of another program: of %s, not of %s; "
                  "--program=%s takes those of one alone",
                  facts->other_count, facts->profile_count, facts->other_count == 1 ? "is" : "are",
                  path_base(facts->other_program), path_base(facts->program),
                  path_base(facts->program));
}
