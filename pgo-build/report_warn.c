/* What keeps a chosen profile from its files, or makes it worth less: each with what to do. */
#include <string.h>

#include "base/path.h"
#include "base/talk.h"
#include "report_words.h"

/* Below this share a profile is likely to be one of another program. */
static const double foreign_pct = 10;

/* CC=clang or CXX=clang++ among the user's words: it would be no use to say so again. */
static bool names_clang(const struct report *report, const char *variable)
{
    const char *const *words = (const char *const *)report->build->options.command;
    size_t len = strlen(variable);

    for (size_t i = 1; words[i]; i++)
        if (strncmp(words[i], variable, len) == 0 &&
            strncmp(path_base(words[i] + len), "clang", strlen("clang")) == 0)
            return true;
    return false;
}

/* A profile was there, and gcc got the files. */
static void warn_gcc(const struct report *report)
{
    struct strbuf line = {0};
    bool c = false, cxx = false;

    for (size_t i = 0; i < report->count; i++)
        if (report->entries[i].verdict == INJECT_GCC)
            *(strstr(path_base(report->entries[i].compiler), "++") ? &cxx : &c) = true;
    strbuf_add_format(&line, "%zu of %zu compiles used gcc and got no profile",
                      report->verdicts[INJECT_GCC], report->count);
    if ((c && names_clang(report, "CC=")) || (cxx && names_clang(report, "CXX="))) {
        strbuf_add_text(&line, ", whatever the command line says: the makefile names gcc in a "
                               "rule, or overrides CC; name clang there");
    } else {
        strbuf_add_text(&line, "; try: ");
        report_add_other_compiler(report->build, cxx, "clang in place of gcc", &line);
    }
    talk_warn("%s", line.data);
    strbuf_release(&line);
}

static void warn_under_cache(const struct report *report)
{
    talk_warn("%zu of %zu compiles ran under a compiler cache that stands outside of pgo-build, "
              "and got no profile; take the cache out of the command: pgo-build adds ccache itself",
              report->verdicts[INJECT_UNDER_CACHE], report->count);
}

static void warn_no_probes(const struct report *report)
{
    struct strbuf line = {0};

    strbuf_add_format(&line, "%zu of %zu compiles have no pseudo-probes, which ",
                      report->verdicts[INJECT_NO_PROBES], report->count);
    report_add_profile_name(report, &line);
    strbuf_add_text(&line, " needs, and got no profile; take clang 19 or newer for x86-64 or "
                           "AArch64, without -fno-pseudo-probe-for-profiling");
    talk_warn("%s", line.data);
    strbuf_release(&line);
}

/* -probes=on, or the user's own flag: the next profile is by probe, and this one pays for it. */
static void warn_discriminators(const struct report *report)
{
    const struct profile *hurt = NULL;
    size_t count = 0;

    for (size_t i = 0; i < report->count; i++) {
        const struct profile *profile = report_profile(report, &report->entries[i]);

        if (report->entries[i].probes && profile && !profile->by_probe) {
            hurt = profile;
            count++;
        }
    }
    if (hurt)
        talk_warn("%s is by line, and %zu of %zu compiles have pseudo-probes, which take its "
                  "discriminators away; record a profile of this program to get one by probe",
                  build_shorten(report->build, hurt->source), count, report->count);
}

static void warn_foreign(const struct report *report, double pct)
{
    struct strbuf line = {0};

    strbuf_add_format(&line, "only %.1f%% of the samples of ", pct);
    report_add_profile_name(report, &line);
    strbuf_add_text(&line, " found their function: is it a profile of this program?");
    talk_warn("%s", line.data);
    strbuf_release(&line);
}

/* distcc and icecream: told to stay here (launch_main.c), for the others lack the profile. */
static void say_kept_here(const struct report *report)
{
    const char *name = NULL;
    size_t count = 0;

    for (size_t i = 0; i < report->count; i++) {
        const struct log_entry *entry = &report->entries[i];

        if (entry->profile[0] &&
            (strcmp(entry->cache, "distcc") == 0 || strcmp(entry->cache, "icecc") == 0)) {
            name = entry->cache;
            count++;
        }
    }
    if (name)
        talk_say("%zu of %zu compiles ran here, by %s's local host: other machines do not have the "
                 "profile",
                 count, report->count, name);
}

void report_warn(const struct report *report)
{
    double pct = report_found_pct(report);

    if (report->verdicts[INJECT_GCC])
        warn_gcc(report);
    if (report->verdicts[INJECT_UNDER_CACHE])
        warn_under_cache(report);
    if (report->verdicts[INJECT_NO_PROBES])
        warn_no_probes(report);
    warn_discriminators(report);
    say_kept_here(report);
    if (report->with_profile && pct >= 0 && pct + report_changed_pct(report) < foreign_pct)
        warn_foreign(report, pct);
}
