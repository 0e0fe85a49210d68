#include "doctor.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "base/talk.h"
#include "cache.h"
#include "report_words.h"

enum { OLDEST_SUPPORTED = 19, PARANOID_USER_ONLY = 2 };

enum verdict { OK, WARNING, PROBLEM };

struct doctor {
    struct build *build;
    size_t counts[PROBLEM + 1];
};

/* "ok       compiler: clang-22 (22.1.0), /usr/bin/clang-22", and what to do, if there is a hint. */
static void say(struct doctor *doctor, enum verdict verdict, const char *hint, const char *format,
                ...) PRINTF_LIKE(4, 5);

static void say(struct doctor *doctor, enum verdict verdict, const char *hint, const char *format,
                ...)
{
    static const struct {
        const char *word, *colour;
    } verdicts[] = {[OK] = {"ok", "\033[32m"},
                    [WARNING] = {"warning", "\033[1;33m"},
                    [PROBLEM] = {"problem", "\033[1;31m"}};
    bool coloured = talk_wants_colour(STDOUT_FILENO);
    va_list args;

    printf("%s%-9s%s", coloured ? verdicts[verdict].colour : "", verdicts[verdict].word,
           coloured ? "\033[0m" : "");
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    if (hint && *hint)
        printf("         hint: %s\n", hint);
    doctor->counts[verdict]++;
}

static void check_compiler(struct doctor *doctor)
{
    static const char install[] = "apt-get install clang-22 llvm-22";
    struct toolchain *toolchain = &doctor->build->toolchain;
    struct compiler *clang = &doctor->build->clang;
    struct err err = {0};

    if (!toolchain->cc) {
        say(doctor, PROBLEM, install, "compiler: no clang was found on PATH");
        return;
    }
    if (!compiler_ask(toolchain->cc, doctor->build->state.folder, clang, &err) ||
        clang->kind != COMPILER_CLANG) {
        say(doctor, PROBLEM, install, "compiler: %s does not answer like clang", toolchain->cc);
        return;
    }
    if (compiler_major(clang) < OLDEST_SUPPORTED)
        say(doctor, WARNING, install,
            "compiler: %s (%s) is older than 19: it cannot say how much of a profile it found",
            toolchain->cc, clang->version);
    else
        say(doctor, OK, NULL, "compiler: %s (%s)", toolchain->cc, clang->version);
}

static void check_profdata(struct doctor *doctor)
{
    const char *profdata = doctor->build->toolchain.profdata;

    if (profdata)
        say(doctor, OK, NULL, "llvm-profdata: %s", profdata);
    else
        say(doctor, WARNING, "apt-get install llvm-22",
            "llvm-profdata: not found: profiles are not checked, and clang reads them slowly");
}

/* A program that the build uses if it is there. */
static void check_program(struct doctor *doctor, enum verdict without, const char *name,
                          const char *hint, const char *why)
{
    char *found = build_find_own(name);

    if (found)
        say(doctor, OK, NULL, "%s: %s", name, found);
    else
        say(doctor, without, hint, "%s: not found: %s", name, why);
    free(found);
}

static void check_cache(struct doctor *doctor, bool usable, const struct err *err)
{
    struct cache_size size;

    if (!usable) {
        say(doctor, PROBLEM, err->hint, "cache: %s", err->message);
        return;
    }
    size = cache_measure(doctor->build->state.cache);
    say(doctor, OK, NULL, "cache: %s, %.1f MB in %zu entries", doctor->build->state.cache,
        (double)size.bytes / 1e6, size.count);
}

static int read_paranoid(void)
{
    struct strbuf text = {0};
    struct err ignored = {0};
    int level = -2;

    if (file_read("/proc/sys/kernel/perf_event_paranoid", 64, &text, &ignored))
        level = (int)strtol(strbuf_text(&text), NULL, 10);
    strbuf_release(&text);
    return level;
}

/* A clock on ourselves, in user space alone: what `pgo-collect record` asks for at the least. */
static bool can_record(void)
{
    struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
                                   .size = sizeof(attr),
                                   .config = PERF_COUNT_SW_CPU_CLOCK,
                                   .disabled = 1,
                                   .exclude_kernel = 1,
                                   .exclude_hv = 1};
    int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* Only recording needs it: on the machine where the program runs. */
static void check_perf(struct doctor *doctor)
{
    int level = read_paranoid(), code;

    if (can_record()) {
        say(doctor, OK, NULL, "recording: perf_event_open is allowed (perf_event_paranoid is %d)",
            level);
        return;
    }
    code = errno;
    if (code == ENOSYS)
        say(doctor, WARNING, "allow perf_event_open in the sandbox, or record on another machine",
            "recording: this kernel or sandbox has no perf_event_open");
    else if (level > PARANOID_USER_ONLY)
        say(doctor, WARNING, "sysctl kernel.perf_event_paranoid=2, or give CAP_PERFMON",
            "recording: perf_event_open is refused: kernel.perf_event_paranoid is %d", level);
    else
        say(doctor, WARNING,
            "in a container: docker run --cap-add PERFMON, with a seccomp profile that allows "
            "perf_event_open",
            "recording: perf_event_open is refused (%s), by a seccomp filter or the security "
            "module",
            strerror(code));
}

static void check_profile(struct doctor *doctor, const struct profile *profile)
{
    const char *name = build_shorten(doctor->build, profile->source);
    struct strbuf line = {0};

    if (!profile->path) {
        say(doctor, WARNING, "record one while the program works: pgo-collect record",
            "%s: has no samples: it builds without", name);
        return;
    }
    strbuf_add_format(&line, "%s: %s by %s", name, profile->kind,
                      profile->by_probe ? "probe" : "line");
    report_add_provenance(profile, &line);
    say(doctor, OK, NULL, "%s", line.data);
    strbuf_release(&line);
}

static void check_profiles(struct doctor *doctor)
{
    struct build *build = doctor->build;
    struct err err = {0};

    if (!build->project.count) {
        say(doctor, WARNING, "record one: pgo-collect record -o default.pgo -- COMMAND",
            "default.pgo: there is none in %s: it builds without", build->project.root);
        return;
    }
    if (!build_prepare_profiles(build, &err)) {
        say(doctor, PROBLEM, err.hint, "%s", err.message);
        return;
    }
    for (size_t i = 0; i < build->profile_count; i++)
        check_profile(doctor, build->profiles[i]);
}

int doctor_say(struct build *build)
{
    struct doctor doctor = {.build = build};
    struct err err = {0};
    bool usable;

    project_find(&build->project, ".", getenv("HOME"));
    usable = state_open(&build->state, build->project.root, &err);
    if (usable) {
        build->cache_lock = cache_lock(build->state.cache, &err);
        usable = build->cache_lock >= 0;
    }
    toolchain_find(&build->toolchain, getenv("PATH"), build->state.bin);
    check_compiler(&doctor);
    check_profdata(&doctor);
    check_program(&doctor, PROBLEM, "pgo-launch", "install it beside pgo-build, or in ../libexec",
                  "no compile can be given a profile");
    check_program(&doctor, WARNING, "pgo-convert", "install it beside pgo-build",
                  "a default.pgo that is a recording cannot be used");
    check_program(&doctor, WARNING, "ccache", "apt-get install ccache",
                  "what was compiled once is compiled again");
    check_cache(&doctor, usable, &err);
    check_perf(&doctor);
    if (usable)
        check_profiles(&doctor);
    if (doctor.counts[PROBLEM])
        printf("\nA PGO build cannot work here before the problem%s mended.\n",
               doctor.counts[PROBLEM] == 1 ? " is" : "s are");
    else
        puts("\nA PGO build can work here.");
    return doctor.counts[PROBLEM] ? TALK_EXIT_FAILED : TALK_EXIT_DONE;
}
