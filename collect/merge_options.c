#include "merge_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "output.h"
#include "profile/labels.h"
#include "profile/weighted.h"

enum { NORMALIZE, LABEL, OUTPUT, FORCE };

static const struct option_spec table[] = {
    {"--normalize", OPTION_VALUE, "none|duration",
     "duration: each profile counts as if it had the\nsame duration; none is the default",
     NORMALIZE},
    {"--label", OPTION_VALUE, "K=V", "only samples with this label; several: with all of them",
     LABEL},
    GATE_OPTIONS,
    {"-o", OPTION_VALUE, "FILE", "the profile to write (default.pgo); - is standard output",
     OUTPUT},
    {"-f", OPTION_FLAG, NULL, "overwrite the file", FORCE},
    COMMAND_LINE_OPTIONS,
};

static void show_help(void)
{
    struct strbuf list = {0};

    options_describe(table, ARRAY_SIZE(table), &list);
    printf(
        "usage: pgo-collect merge [OPTION]... PROFILE[@WEIGHT]...\n\n"
        "Adds profiles up: pprof, gzipped or not, and gperftools' CPU profiles. Equal stacks of\n"
        "one build become one, wherever it was loaded; builds are kept apart. One profile after\n"
        "the other is read, so thousands need no more memory than a few. Their order makes no\n"
        "difference. A profile with @3 counts three times.\n\n"
        "Options:\n%s\n"
        "Examples:\n"
        "  pgo-collect merge monday.pprof tuesday.pprof\n"
        "  pgo-collect merge --normalize=duration -o week.pprof servers/*.pprof\n"
        "  pgo-collect merge --label endpoint=/search -f web.pprof@3 batch.pprof\n\n"
        "Exit code: 0; 1 failed, nothing written; 2 for a wrong command line.\n",
        strbuf_text(&list));
    strbuf_release(&list);
}

static bool set_scale(struct merge_options *options, const char *value, struct err *err)
{
    options->scale =
        strcmp(value, "duration") == 0 ? PROFILE_MERGE_BY_DURATION : PROFILE_MERGE_PLAIN;
    return options->scale == PROFILE_MERGE_BY_DURATION || strcmp(value, "none") == 0 ||
           err_set(err, ERR_USAGE, "--normalize=%s: expected none or duration", value);
}

static bool add_input(struct merge_options *options, const char *word, struct err *err)
{
    struct merge_input input;

    if (!weighted_parse(word, &input.path, &input.weight, err))
        return false;
    *ARRAY_PUSH(options->inputs, options->input_count, options->input_capacity) = input;
    return true;
}

static bool set(void *data, int id, const char *value, struct err *err)
{
    struct merge_options *options = data;

    switch (id) {
    case NORMALIZE:
        return set_scale(options, value, err);
    case LABEL:
        *ARRAY_PUSH(options->labels, options->label_count, options->label_capacity) = value;
        return labels_check(value, err);
    case OUTPUT:
        options->output = value;
        return *value || err_set(err, ERR_USAGE, "-o: the name of the file is empty");
    case FORCE:
        options->force = true;
        return true;
    case OPTIONS_OPERAND:
        return add_input(options, value, err);
    default:
        return gate_set(&options->gate, id, value, err);
    }
}

static bool check(const void *data, struct err *err)
{
    const struct merge_options *options = data;

    if (!options->input_count) {
        err_set(err, ERR_USAGE, "no profiles given");
        return err_hint(err, "pgo-collect merge monday.pprof tuesday.pprof");
    }
    return true;
}

enum command_line_result merge_options_read(struct merge_options *options, int argc, char **argv,
                                            struct err *err)
{
    static const struct command_line line = {table, ARRAY_SIZE(table), show_help, set, check};

    *options = (struct merge_options){.gate = GATE_DEFAULTS, .output = OUTPUT_DEFAULT};
    return command_line_read(&line, options, argc, argv, err);
}

void merge_options_release(struct merge_options *options)
{
    for (size_t i = 0; i < options->input_count; i++)
        free(options->inputs[i].path);
    free(options->inputs);
    free(options->labels);
}
