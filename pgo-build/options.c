#include "options.h"

#include <stdio.h>
#include <string.h>

#include "base/options.h"

enum {
    OPTION_PGO,
    OPTION_PROBES,
    OPTION_SLICES,
    OPTION_DRY_RUN,
    OPTION_VERBOSE,
    OPTION_REPORT,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option_spec table[] = {
    {"-pgo", OPTION_VALUE, "auto|off|FILE",
     "auto (default): each source gets the nearest default.pgo;\n"
     "off: no profile; FILE: this one for all",
     OPTION_PGO},
    {"-probes", OPTION_VALUE, "auto|on|off",
     "pseudo-probes, which tell blocks of code apart that share a line:\n"
     "auto (default): where the profile is by probe; on, off: for all",
     OPTION_PROBES},
    {"-slices", OPTION_VALUE, "auto|on|off",
     "give each file only the part of the profile that can matter to it, so\n"
     "that a changed profile rebuilds few files: auto (default): with clang\n"
     "19 to 22, whose objects stay the same; on: with any; off: never",
     OPTION_SLICES},
    {"-n", OPTION_FLAG, NULL, "say what would be run, and run nothing", OPTION_DRY_RUN},
    {"-v", OPTION_FLAG, NULL, "say what each file got", OPTION_VERBOSE},
    {"-report", OPTION_VALUE, "FILE", "write the report as JSON", OPTION_REPORT},
    {"--help", OPTION_FLAG, NULL, "this text", OPTION_HELP},
    {"--version", OPTION_FLAG, NULL, "the version", OPTION_VERSION},
};

static void print_help(void)
{
    struct strbuf text = {0};

    strbuf_add_text(
        &text,
        "usage: pgo-build [-pgo=auto|off|FILE] [-probes=auto|on|off] [-slices=auto|on|off]\n"
        "                 [-n] [-v] [-report=FILE] [--] COMMAND [ARG...]\n"
        "       pgo-build verify [-pgo=auto|FILE] [-probes=auto|on|off] [--] COMMAND [ARG...]\n"
        "       pgo-build doctor | status BINARY...\n\n"
        "Runs a build so that clang optimizes each file by the profile lying next to it, in\n"
        "default.pgo. The command is any build: make, ninja, cmake, or a compiler.\n"
        "verify builds twice, without slices and with them, and compares the objects.\n\n");
    options_describe(table, ARRAY_SIZE(table), &text);
    strbuf_add_text(
        &text,
        "\nexamples:\n"
        "  pgo-build make                            build with default.pgo\n"
        "  pgo-build make CC=clang-19                ... with this clang\n"
        "  pgo-build -pgo=off make                   without a profile, ready to be profiled\n"
        "  pgo-build -pgo=prod.pgo make              with this profile for all files\n"
        "  pgo-build -probes=on make                 so that the next profile is by probe\n"
        "  pgo-build cmake -S . -B build && pgo-build cmake --build build\n"
        "  pgo-build clang -O2 main.c -o app\n"
        "  pgo-build doctor                          is everything here that a build needs?\n"
        "  pgo-build status app                      which profile it was built with\n"
        "\nPGO_BUILD_CACHE names the folder that keeps converted profiles (~/.cache/pgo-build).\n"
        "Exit code: the command's own; 125 pgo-build itself failed, 126 the command is not\n"
        "executable, 127 it was not found.\n");
    fputs(text.data, stdout);
    strbuf_release(&text);
}

static bool take_mode(struct build_options *options, const char *value, struct err *err)
{
    options->file = NULL;
    if (strcmp(value, "auto") == 0)
        options->mode = PGO_AUTO;
    else if (strcmp(value, "off") == 0)
        options->mode = PGO_OFF;
    else if (value[0] == '\0')
        return err_set(err, ERR_USAGE, "-pgo needs a value: auto, off or FILE");
    else {
        options->mode = PGO_FILE;
        options->file = value;
    }
    return true;
}

static bool take_probes(struct build_options *options, const char *value, struct err *err)
{
    return probes_mode_parse(value, &options->probes) ||
           err_set(err, ERR_USAGE, "-probes=%s: expected auto, on or off", value);
}

static bool take_slices(struct build_options *options, const char *value, struct err *err)
{
    return slices_mode_parse(value, &options->slices) ||
           err_set(err, ERR_USAGE, "-slices=%s: expected auto, on or off", value);
}

/* One option; OPTIONS_RUN means: go on reading. */
static enum options_outcome take(struct build_options *options, int id, const char *value,
                                 struct err *err)
{
    switch (id) {
    case OPTION_PGO:
        options->settings_given = true;
        return take_mode(options, value, err) ? OPTIONS_RUN : OPTIONS_WRONG;
    case OPTION_PROBES:
        options->settings_given = true;
        return take_probes(options, value, err) ? OPTIONS_RUN : OPTIONS_WRONG;
    case OPTION_SLICES:
        options->settings_given = true;
        return take_slices(options, value, err) ? OPTIONS_RUN : OPTIONS_WRONG;
    case OPTION_DRY_RUN:
        options->dry_run = true;
        return OPTIONS_RUN;
    case OPTION_VERBOSE:
        options->verbose = true;
        return OPTIONS_RUN;
    case OPTION_REPORT:
        options->report = value;
        return OPTIONS_RUN;
    case OPTION_HELP:
        print_help();
        return OPTIONS_DONE;
    case OPTION_VERSION:
        puts("pgo-build " PGO_VERSION);
        return OPTIONS_DONE;
    default:
        return OPTIONS_WRONG;
    }
}

/* A task's name is one only as the first word, and not behind "--": options may follow it. */
static bool take_task(struct build_options *options, struct options *reader)
{
    static const struct {
        const char *word;
        enum build_task task;
    } tasks[] = {{"doctor", TASK_DOCTOR}, {"status", TASK_STATUS}, {"verify", TASK_VERIFY}};

    if (options->task != TASK_BUILD || reader->only_operands || reader->next >= reader->argc)
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(tasks); i++)
        if (strcmp(reader->argv[reader->next], tasks[i].word) == 0)
            options->task = tasks[i].task;
    reader->next += options->task != TASK_BUILD;
    return options->task != TASK_BUILD;
}

static bool check_verify(const struct build_options *options, struct err *err)
{
    if (options->mode == PGO_OFF || options->dry_run || options->report || options->slices)
        return err_set(
            err, ERR_USAGE,
            "verify builds with a profile, with slices and without: -pgo=off, -slices, -n "
            "and -report have no place there");
    return true;
}

/* Are there the options and words that the task needs, and no others? */
static bool check_task(const struct build_options *options, const struct options *reader,
                       struct err *err)
{
    bool has_words = reader->next < reader->argc;

    if (options->task == TASK_VERIFY && !check_verify(options, err))
        return false;
    if (options->task == TASK_DOCTOR)
        return !has_words || err_set(err, ERR_USAGE, "doctor: found '%s', expected nothing more",
                                     reader->argv[reader->next]);
    if (has_words)
        return true;
    if (options->task == TASK_STATUS) {
        err_set(err, ERR_USAGE, "status: no binary is given");
        return err_hint(err, "for example: pgo-build status ./app");
    }
    err_set(err, ERR_USAGE, "no command is given");
    return err_hint(err, "for example: pgo-build %smake",
                    options->task == TASK_VERIFY ? "verify " : "");
}

enum options_outcome options_read(struct build_options *options, int argc, char **argv,
                                  struct err *err)
{
    struct options reader = {.table = table,
                             .count = ARRAY_SIZE(table),
                             .argc = argc,
                             .argv = argv,
                             .stop_at_operand = true,
                             .single_dash = true};
    const char *value;
    int id;

    do {
        while ((id = options_next(&reader, &value, err)) >= 0) {
            enum options_outcome outcome = take(options, id, value, err);

            if (outcome != OPTIONS_RUN)
                return outcome;
        }
    } while (id == OPTIONS_END && take_task(options, &reader));
    if (id == OPTIONS_ERROR || !check_task(options, &reader, err))
        return OPTIONS_WRONG;
    options->command = argv + reader.next;
    return OPTIONS_RUN;
}
