#include "show_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "profile/labels.h"

enum { TOP, BY, FLAME, REPORT, DIFF, LABEL };

static const struct option_spec table[] = {
    {"--top", OPTION_OPTIONAL, "N",
     "what takes the most time, the N first (all above\n0.5%); this is the default", TOP},
    {"--by", OPTION_VALUE, "WHAT", "function (the default), line, file (of the source) or label",
     BY},
    {"--flame", OPTION_VALUE, "FILE.html",
     "write one web page instead: flame graph and table; also\nof LLVM's text", FLAME},
    {"--report", OPTION_VALUE, "FILE.json", "show in the page what pgo-convert --report said of it",
     REPORT},
    {"--diff", OPTION_VALUE, "OTHER", "less the profile OTHER; shares are of OTHER's total", DIFF},
    {"--label", OPTION_VALUE, "K=V", "only samples with this label; several: with all of them",
     LABEL},
    COMMAND_LINE_OPTIONS,
};

static void show_help(void)
{
    struct strbuf list = {0};

    options_describe(table, ARRAY_SIZE(table), &list);
    printf(
        "usage: pgo-collect show [OPTION]... PROFILE\n\n"
        "Shows what is in a profile: a pprof, gzipped or not, or gperftools' CPU profile. Of\n"
        "each function flat is its own time, and cum that with all it calls, as\n"
        "`go tool pprof -top` counts them. Names of C++ and Rust are shown as people read them.\n\n"
        "Options:\n%s\n"
        "Examples:\n"
        "  pgo-collect show server.pprof\n"
        "  pgo-collect show --top=20 --label endpoint=/search server.pprof\n"
        "  pgo-collect show --by=line server.pprof\n"
        "  pgo-collect show --flame=cpu.html server.pprof\n"
        "  pgo-collect show --diff=before.pprof after.pprof\n\n"
        "Exit code: 0; 1 failed; 2 for a wrong command line.\n",
        strbuf_text(&list));
    strbuf_release(&list);
}

static bool set_by(struct show_options *options, const char *value, struct err *err)
{
    static const char *const names[] = {[TOP_BY_FUNCTION] = "function",
                                        [TOP_BY_LINE] = "line",
                                        [TOP_BY_FILE] = "file",
                                        [TOP_BY_LABEL] = "label"};

    options->rows = "--by";
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(value, names[i]) == 0) {
            options->by = (enum top_by)i;
            return true;
        }
    return err_set(err, ERR_USAGE, "--by=%s: expected function, line, file or label", value);
}

static bool set(void *data, int id, const char *value, struct err *err)
{
    struct show_options *options = data;

    switch (id) {
    case BY:
        return set_by(options, value, err);
    case TOP:
        options->rows = "--top";
        return !value || (number_parse_u64(value, &options->max_rows) && options->max_rows > 0) ||
               err_set(err, ERR_USAGE, "--top=%s: expected a whole number, 1 or more", value);
    case FLAME:
        options->flame = value;
        return true;
    case REPORT:
        options->report = value;
        return true;
    case DIFF:
        options->base = value;
        return true;
    case LABEL:
        *ARRAY_PUSH(options->labels, options->label_count, options->label_capacity) = value;
        return labels_check(value, err);
    default: /* OPTIONS_OPERAND */
        if (options->path)
            return err_set(err, ERR_USAGE, "two profiles, %s and %s: expected one", options->path,
                           value) ||
                   err_hint(err, "`pgo-collect merge` adds profiles up, --diff compares two");
        options->path = value;
        return true;
    }
}

static bool check(const void *data, struct err *err)
{
    const struct show_options *options = data;

    if (!options->path) {
        err_set(err, ERR_USAGE, "no profile given");
        return err_hint(err, "pgo-collect show default.pgo");
    }
    if (options->report && !options->flame) {
        err_set(err, ERR_USAGE, "--report is shown in the page alone");
        return err_hint(err, "add --flame=FILE.html");
    }
    return !options->flame || !options->rows ||
           err_set(err, ERR_USAGE, "%s and --flame: expected one of them", options->rows);
}

enum command_line_result show_options_read(struct show_options *options, int argc, char **argv,
                                           struct err *err)
{
    static const struct command_line line = {table, ARRAY_SIZE(table), show_help, set, check};

    *options = (struct show_options){0};
    return command_line_read(&line, options, argc, argv, err);
}

void show_options_release(struct show_options *options)
{
    free(options->labels);
}
