/*
 * pgo-build: runs a build so that clang optimizes each file by the profile lying next to it.
 *
 * options → project and compilers → profiles → session → what must be rebuilt → the command,
 * whose compilers are our launcher (launch_main.c) → report
 */
#include <sys/wait.h>

#include "base/progress.h"
#include "base/talk.h"
#include "build.h"
#include "cache.h"
#include "child.h"
#include "command.h"
#include "doctor.h"
#include "dry_run.h"
#include "report.h"
#include "status.h"
#include "verify.h"

/* The report never changes the command's exit code. */
static void report_build(const struct build *build, int status)
{
    struct report report = {0};
    struct err err = {0};
    int exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    bool done;

    progress_start("looking at what was built");
    done = report_read(&report, build, exit_code, &err);
    progress_end();

    if (done)
        report_say(&report);
    if (done && build->options.report)
        done = report_write_json(&report, build->options.report, &err);
    if (!done)
        talk_error(&err);
    report_release(&report);
}

static int run(struct build *build)
{
    int status = 0, code = CHILD_FAILED;
    struct err err = {0};

    if (!build_look_around(build, &err)) {
        talk_error(&err);
        return CHILD_FAILED;
    }
    if (build->options.task == TASK_VERIFY)
        return verify_run(build);
    if (!build_prepare_profiles(build, &err) || !build_open_session(build, &err) ||
        !build_expire(build, &err)) {
        talk_error(&err);
        return CHILD_FAILED;
    }
    if (build->options.dry_run) {
        dry_run_print(build);
        return TALK_EXIT_DONE;
    }
    if (!command_run(build, &status, &code, &err)) {
        talk_error(&err);
        return code;
    }
    report_build(build, status);
    if (cache_has_grown(build->state.cache, build->start_ns))
        cache_prune(build->state.cache, build->cache_lock, CACHE_MAX_BYTES);
    return child_end_like(status);
}

int main(int argc, char **argv)
{
    struct build build = {.cache_lock = -1, .lock = -1};
    struct err err = {0};
    int code;

    talk_start("pgo-build");
    switch (options_read(&build.options, argc, argv, &err)) {
    case OPTIONS_DONE:
        return TALK_EXIT_DONE;
    case OPTIONS_WRONG:
        return talk_fail(&err);
    case OPTIONS_RUN:
        break;
    }
    if (build.options.task == TASK_STATUS)
        return status_say(build.options.command);
    if (build.options.task == TASK_DOCTOR) {
        code = doctor_say(&build);
        build_release(&build);
        return code;
    }
    if (command_is_nested() && build.options.task == TASK_VERIFY) {
        err_set(&err, ERR_UNSUPPORTED, "verify cannot run inside another pgo-build");
        talk_error(&err);
        return CHILD_FAILED;
    }
    if (command_is_nested()) {
        if (build.options.settings_given)
            talk_warn("runs inside another pgo-build, whose settings hold: -pgo, -probes and "
                      "-slices have no effect");
        return command_replace(build.options.command);
    }
    code = run(&build);
    build_release(&build);
    return code;
}
