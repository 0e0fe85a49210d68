#include "import_options.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/options.h"
#include "output.h"

enum { EVENT, PID, COMM, KERNEL, DROP_BRANCHES, BINARY, DEBUG_DIR, OUTPUT, FORCE, HELP, VERSION };

static const struct option_spec table[] = {
    {"--event", OPTION_VALUE, "NAME",
     "of several events this one, as `perf report` names it\n(the one that measures CPU time)",
     EVENT},
    {"--pid", OPTION_VALUE, "PID", "only this process; may be given again (all)", PID},
    {"--comm", OPTION_VALUE, "NAME", "only processes of this name; may be given again (all)", COMM},
    {"--kernel", OPTION_FLAG, NULL, "keep what ran within the kernel, and its frames", KERNEL},
    {"--drop-branches", OPTION_FLAG, NULL,
     "import a recording of branches without them;\n`pgo-convert` makes more of it", DROP_BRANCHES},
    {"--binary", OPTION_VALUE, "FILE",
     "an executable or library that was recorded; may be\ngiven again (found by build id, path and "
     "name)",
     BINARY},
    {"--debug-dir", OPTION_VALUE, "DIR",
     "a folder with binaries and debug files by build id;\nmay be given again (/usr/lib/debug)",
     DEBUG_DIR},
    {"-o", OPTION_VALUE, "FILE", "the profile to write (default.pgo); - is standard output",
     OUTPUT},
    {"-f", OPTION_FLAG, NULL, "overwrite the file", FORCE},
    {"--help", OPTION_FLAG, NULL, "this text", HELP},
    {"--version", OPTION_FLAG, NULL, "the version", VERSION},
};

static void show_help(void)
{
    struct strbuf list = {0};

    options_describe(table, ARRAY_SIZE(table), &list);
    printf(
        "usage: pgo-collect import [OPTION]... FILE\n\n"
        "Makes a CPU profile (pprof) of a recording that is there: perf.data in any form and of\n"
        "any age, the text of `perf script`, or a CPU profile of\n"
        "gperftools. It is told by its content; - is standard "
        "input.\n\n"
        "Options:\n%s\n"
        "Examples:\n"
        "  perf record -g -- ./server && pgo-collect import perf.data && pgo-build make\n"
        "  pgo-collect import --comm=server -o server.pprof perf.data\n"
        "  perf record -g -o - -- ./server | pgo-collect import -f -\n\n"
        "Exit code: 0 done; 1 failed, nothing written; 2 for a wrong command line.\n",
        strbuf_text(&list));
    strbuf_release(&list);
}

static bool add_pid(struct import_options *options, const char *value, struct err *err)
{
    uint64_t pid;

    if (!number_parse_u64(value, &pid) || pid > INT32_MAX)
        return err_set(err, ERR_USAGE, "--pid %s: expected the number of a process", value);
    *ARRAY_PUSH(options->pids, options->pid_count, options->pid_capacity) = (uint32_t)pid;
    return true;
}

static bool set_text(const char *name, const char *value, const char **text, struct err *err)
{
    *text = value;
    return *value || err_set(err, ERR_USAGE, "%s: the value is empty", name);
}

static bool set_input(struct import_options *options, const char *value, struct err *err)
{
    if (!options->input)
        return set_text("FILE", value, &options->input, err);
    err_set(err, ERR_USAGE, "%s and %s, expected one recording", options->input, value);
    return err_hint(err, "import each with an -o FILE of its own; `pgo-collect merge` adds them");
}

static bool set(struct import_options *options, int id, const char *value, struct err *err)
{
    switch (id) {
    case OPTIONS_OPERAND:
        return set_input(options, value, err);
    case EVENT:
        return set_text("--event", value, &options->event, err);
    case PID:
        return add_pid(options, value, err);
    case COMM:
        return set_text("--comm", value,
                        ARRAY_PUSH(options->comms, options->comm_count, options->comm_capacity),
                        err);
    case BINARY:
        return set_text(
            "--binary", value,
            ARRAY_PUSH(options->binaries, options->binary_count, options->binary_capacity), err);
    case DEBUG_DIR:
        return set_text("--debug-dir", value,
                        ARRAY_PUSH(options->debug_folders, options->debug_folder_count,
                                   options->debug_folder_capacity),
                        err);
    case KERNEL:
        options->keeps_kernel = true;
        return true;
    case DROP_BRANCHES:
        options->drops_branches = true;
        return true;
    case OUTPUT:
        return set_text("-o", value, &options->output, err);
    default: /* FORCE */
        options->force = true;
        return true;
    }
}

static bool check(const struct import_options *options, struct err *err)
{
    if (options->input)
        return true;
    err_set(err, ERR_USAGE, "no recording given");
    return err_hint(err, "pgo-collect import perf.data");
}

enum import_request import_options_read(struct import_options *options, int argc, char **argv,
                                        struct err *err)
{
    struct options parser = {
        .table = table, .count = ARRAY_SIZE(table), .argc = argc, .argv = argv};
    const char *value;
    int id;

    *options = (struct import_options){.output = OUTPUT_DEFAULT};
    while ((id = options_next(&parser, &value, err)) >= 0) {
        if (id == HELP) {
            show_help();
            return IMPORT_SHOWED;
        }
        if (id == VERSION) {
            printf("pgo-collect %s\n", PGO_VERSION);
            return IMPORT_SHOWED;
        }
        if (!set(options, id, value, err))
            return IMPORT_ERROR;
    }
    return id == OPTIONS_ERROR || !check(options, err) ? IMPORT_ERROR : IMPORT_RUN;
}

void import_options_release(struct import_options *options)
{
    free(options->pids);
    free(options->comms);
    free(options->binaries);
    free(options->debug_folders);
    *options = (struct import_options){0};
}
