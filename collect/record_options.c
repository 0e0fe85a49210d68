#include "record_options.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/options.h"
#include "file_unwind.h"
#include "output.h"

/* Odd, so that samples do not march in step with the kernel's tick or a program's own timer. */
#define DEFAULT_HZ 999
#define MAX_HZ     100000 /* the kernel's timers take no period below 10 µs */
/* A record has 64 KB at most, and holds more than the stack. */
#define DEFAULT_STACK_BYTES 8192
#define MIN_STACK_BYTES     256
#define MAX_STACK_BYTES     65528
#define MAX_SECONDS         (30.0 * 24 * 3600)

enum { FREQUENCY, DURATION, PID, ALL, OUTPUT, CALL_GRAPH, FORCE, HELP, VERSION };

static const struct option_spec table[] = {
    {"-F", OPTION_VALUE, "HZ", "samples a second of CPU time, for each thread (999)", FREQUENCY},
    {"-d", OPTION_VALUE, "SECONDS",
     "end after that time; a COMMAND then gets SIGTERM, and\ntwo seconds to end", DURATION},
    {"-p", OPTION_VALUE, "PID",
     "sample this process: its threads, and all threads and\nchildren born from now on", PID},
    {"-a", OPTION_FLAG, NULL,
     "sample all processes of the machine, each under the\nlabels comm and pid; needs more rights",
     ALL},
    {"-o", OPTION_VALUE, "FILE", "the profile to write (default.pgo); - is standard output",
     OUTPUT},
    {"-f", OPTION_FLAG, NULL, "overwrite the file", FORCE},
    {"--call-graph", OPTION_VALUE, "fp|dwarf|none",
     "who called: by frame pointers (fp, the default); by a\ncopy of each stack and the binaries' "
     "unwind tables\n(dwarf, or dwarf,BYTES; 8192); or not recorded (none)",
     CALL_GRAPH},
    {"--help", OPTION_FLAG, NULL, "this text", HELP},
    {"--version", OPTION_FLAG, NULL, "the version", VERSION},
};

static void show_help(void)
{
    struct strbuf list = {0};

    options_describe(table, ARRAY_SIZE(table), &list);
    printf("usage: pgo-collect record [OPTION]... -- COMMAND [ARG...]\n"
           "       pgo-collect record [OPTION]... -p PID | -a\n\n"
           "Samples a program with its threads and children, and writes a CPU profile (pprof):\n"
           "hardware cycles where the machine counts them, else the kernel's clock. Nothing has\n"
           "to be prepared in the program; with line tables (-g1) the profile names its lines.\n"
           "Where perf events are not allowed, a COMMAND is sampled by libpgocollect instead.\n\n"
           "Options:\n%s\n"
           "Ctrl-C or SIGTERM ends the recording, and the profile is written.\n\n"
           "Examples:\n"
           "  pgo-collect record -- ./server --config test.conf\n"
           "  pgo-collect record -p $(pgrep -o server) -d 60 -o server.pgo\n"
           "  pgo-collect record -a -d 10 -o machine.pprof\n"
           "  pgo-collect record --call-graph=none -o - -- ./a.out >a.pprof\n\n"
           "Exit code: the command's own (128 + N when signal N ended it), 0 when the recording\n"
           "was ended by -d or a signal; 1 if there is no profile; 2 for a wrong command line;\n"
           "126 if the command cannot be run, 127 if there is none of that name.\n",
           strbuf_text(&list));
    strbuf_release(&list);
}

static bool set_number(const char *name, const char *value, uint64_t max, uint64_t *number,
                       struct err *err)
{
    if (number_parse_u64(value, number) && *number >= 1 && *number <= max)
        return true;
    return err_set(err, ERR_USAGE, "%s %s: expected a whole number from 1 to %llu", name, value,
                   (unsigned long long)max);
}

/* "dwarf" or "dwarf,BYTES"; the kernel wants whole words. */
static bool set_stack_bytes(struct record_options *options, const char *value, struct err *err)
{
    uint64_t bytes = DEFAULT_STACK_BYTES;

    if (!file_unwind_registers())
        return err_set(err, ERR_UNSUPPORTED, "--call-graph=dwarf: only on x86-64");
    if (value[5] == ',' && (!number_parse_u64(value + 6, &bytes) || bytes < MIN_STACK_BYTES ||
                            bytes > MAX_STACK_BYTES))
        return err_set(err, ERR_USAGE, "--call-graph=%s: expected %d to %d bytes of stack", value,
                       MIN_STACK_BYTES, MAX_STACK_BYTES);
    options->call_graph = CALL_GRAPH_DWARF;
    options->stack_bytes = ((uint32_t)bytes + 7) & ~7U;
    return true;
}

static bool set_call_graph(struct record_options *options, const char *value, struct err *err)
{
    options->stack_bytes = 0;
    if (strncmp(value, "dwarf", 5) == 0 && (value[5] == '\0' || value[5] == ','))
        return set_stack_bytes(options, value, err);
    options->call_graph = strcmp(value, "none") == 0 ? CALL_GRAPH_NONE : CALL_GRAPH_FP;
    return options->call_graph == CALL_GRAPH_NONE || strcmp(value, "fp") == 0 ||
           err_set(err, ERR_USAGE, "--call-graph=%s: expected fp, dwarf, dwarf,BYTES or none",
                   value);
}

static bool set_duration(struct record_options *options, const char *value, struct err *err)
{
    if (number_parse_double(value, &options->max_seconds) && options->max_seconds > 0 &&
        options->max_seconds <= MAX_SECONDS)
        return true;
    return err_set(err, ERR_USAGE, "-d %s: expected seconds, more than 0 and up to 30 days", value);
}

static bool set(struct record_options *options, int id, const char *value, struct err *err)
{
    uint64_t pid;

    switch (id) {
    case FREQUENCY:
        return set_number("-F", value, MAX_HZ, &options->hz, err);
    case DURATION:
        return set_duration(options, value, err);
    case PID:
        if (!set_number("-p", value, INT32_MAX, &pid, err))
            return false;
        options->pid = (pid_t)pid;
        return true;
    case ALL:
        options->is_machine_wide = true;
        return true;
    case OUTPUT:
        options->output = value;
        return *value || err_set(err, ERR_USAGE, "-o: the name of the file is empty");
    case CALL_GRAPH:
        return set_call_graph(options, value, err);
    default: /* FORCE */
        options->force = true;
        return true;
    }
}

static bool set_command(struct record_options *options, char **rest, struct err *err)
{
    int asked = (rest[0] != NULL) + (options->pid != 0) + options->is_machine_wide;

    if (asked != 1) {
        err_set(err, ERR_USAGE,
                asked ? "more than one of -p PID, -a and a command, expected one"
                      : "nothing to record, expected -p PID, -a or a command");
        return err_hint(err, "pgo-collect record -- ./program ARG...");
    }
    options->command = rest;
    return true;
}

enum record_request record_options_read(struct record_options *options, int argc, char **argv,
                                        struct err *err)
{
    struct options parser = {.table = table,
                             .count = ARRAY_SIZE(table),
                             .argc = argc,
                             .argv = argv,
                             .stop_at_operand = true};
    const char *value;
    int id;

    *options = (struct record_options){.hz = DEFAULT_HZ, .output = OUTPUT_DEFAULT};
    while ((id = options_next(&parser, &value, err)) >= 0) {
        if (id == HELP) {
            show_help();
            return RECORD_SHOWED;
        }
        if (id == VERSION) {
            printf("pgo-collect %s\n", PGO_VERSION);
            return RECORD_SHOWED;
        }
        if (!set(options, id, value, err))
            return RECORD_ERROR;
    }
    if (id == OPTIONS_ERROR || !set_command(options, argv + parser.next, err))
        return RECORD_ERROR;
    return RECORD_RUN;
}
