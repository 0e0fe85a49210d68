#include "merge_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/options.h"
#include "output.h"
#include "profile/labels.h"
#include "profile/weighted.h"

#define DEFAULT_MIN_SAMPLES 1
#define DEFAULT_MIN_OWN_PCT 5

enum { NORMALIZE, LABEL, MIN_SAMPLES, MIN_OWN, OUTPUT, FORCE, HELP, VERSION };

static const struct option_spec table[] = {
    {"--normalize", OPTION_VALUE, "none|duration",
     "duration: each profile counts as if it had the\nsame duration; none is the default",
     NORMALIZE},
    {"--label", OPTION_VALUE, "K=V", "only samples with this label; several: with all of them",
     LABEL},
    {"--min-samples", OPTION_VALUE, "N", "fewer are an error, nothing is written (1)", MIN_SAMPLES},
    {"--min-own", OPTION_VALUE, "PCT",
     "an error if a smaller share is in the program's own\nbinary, which each profile names first "
     "(5)",
     MIN_OWN},
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

static bool set_number(const char *name, const char *value, uint64_t max, uint64_t *number,
                       struct err *err)
{
    if (number_parse_u64(value, number) && *number <= max)
        return true;
    return err_set(err, ERR_USAGE, "%s %s: expected a whole number from 0 to %llu", name, value,
                   (unsigned long long)max);
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

static bool set(struct merge_options *options, int id, const char *value, struct err *err)
{
    switch (id) {
    case NORMALIZE:
        return set_scale(options, value, err);
    case LABEL:
        *ARRAY_PUSH(options->labels, options->label_count, options->label_capacity) = value;
        return labels_check(value, err);
    case MIN_SAMPLES:
        return set_number("--min-samples", value, INT64_MAX, &options->min_samples, err);
    case MIN_OWN:
        return set_number("--min-own", value, 100, &options->min_own_pct, err);
    case OUTPUT:
        options->output = value;
        return *value || err_set(err, ERR_USAGE, "-o: the name of the file is empty");
    case FORCE:
        options->force = true;
        return true;
    default: /* OPTIONS_OPERAND */
        return add_input(options, value, err);
    }
}

static bool check(const struct merge_options *options, struct err *err)
{
    if (!options->input_count) {
        err_set(err, ERR_USAGE, "no profiles given");
        return err_hint(err, "pgo-collect merge monday.pprof tuesday.pprof");
    }
    return true;
}

enum merge_request merge_options_read(struct merge_options *options, int argc, char **argv,
                                      struct err *err)
{
    struct options parser = {
        .table = table, .count = ARRAY_SIZE(table), .argc = argc, .argv = argv};
    const char *value;
    int id;

    *options = (struct merge_options){.min_samples = DEFAULT_MIN_SAMPLES,
                                      .min_own_pct = DEFAULT_MIN_OWN_PCT,
                                      .output = OUTPUT_DEFAULT};
    while ((id = options_next(&parser, &value, err)) >= 0) {
        if (id == HELP) {
            show_help();
            return MERGE_SHOWED;
        }
        if (id == VERSION) {
            printf("pgo-collect %s\n", PGO_VERSION);
            return MERGE_SHOWED;
        }
        if (!set(options, id, value, err))
            return MERGE_ERROR;
    }
    return id == OPTIONS_ERROR || !check(options, err) ? MERGE_ERROR : MERGE_RUN;
}

void merge_options_release(struct merge_options *options)
{
    for (size_t i = 0; i < options->input_count; i++)
        free(options->inputs[i].path);
    free(options->inputs);
    free(options->labels);
}
