#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/options.h"
#include "profile/labels.h"
#include "profile/weighted.h"

enum {
    OPTION_OUTPUT,
    OPTION_BINARY,
    OPTION_DEBUG_DIR,
    OPTION_FORMAT,
    OPTION_COUNT,
    OPTION_INPUT,
    OPTION_SAMPLE_TYPE,
    OPTION_LABEL,
    OPTION_REFRESH,
    OPTION_REPORT,
    OPTION_STRICT,
    OPTION_HELP,
    OPTION_VERSION,
};

static const struct option_spec table[] = {
    {"-o", OPTION_VALUE, "FILE", "write to FILE (default: standard output)", OPTION_OUTPUT},
    {"--binary", OPTION_VALUE, "FILE",
     "the profiled executable or library; may be repeated (default: the path\n"
     "in the profile, then the current folder; the build id decides)",
     OPTION_BINARY},
    {"--count", OPTION_VALUE, "RULE",
     "flow: basic blocks' samples by their cost, conserved along the control\n"
     "flow (default)   block: the same, each block by itself\n"
     "max: the largest of a line's instructions   sum: their sum",
     OPTION_COUNT},
    {"--debug-dir", OPTION_VALUE, "DIR",
     "a folder of separate debug files, and of binaries, as .build-id/ab/cdef\n"
     "or by .gnu_debuglink; may be repeated (then: /usr/lib/debug, and the\n"
     "servers of DEBUGINFOD_URLS if that is set)",
     OPTION_DEBUG_DIR},
    {"--format", OPTION_VALUE, "FORM", "text (default) or extbinary, LLVM's binary form",
     OPTION_FORMAT},
    {"--input", OPTION_VALUE, "KIND",
     "auto (default: by the content), or counts: lines of 'ADDRESS COUNT', the\n"
     "exact counts of the one --binary, addresses hexadecimal as it was linked",
     OPTION_INPUT},
    {"--sample-type", OPTION_VALUE, "NAME",
     "the value to take (default: samples, then cpu, then the profile's own)", OPTION_SAMPLE_TYPE},
    {"--label", OPTION_VALUE, "K=V",
     "only samples of a pprof with this label; may be repeated: all of them", OPTION_LABEL},
    {"--refresh", OPTION_VALUE, "OLD",
     "keep the records of the profile OLD that differ from the new ones by no\n"
     "more than sampling noise",
     OPTION_REFRESH},
    {"--report", OPTION_VALUE, "FILE", "write what became of the inputs to FILE, as JSON",
     OPTION_REPORT},
    {"--strict", OPTION_FLAG, NULL, "losing more than 5% of the samples or counts is an error",
     OPTION_STRICT},
    {"--help", OPTION_FLAG, NULL, "print this text", OPTION_HELP},
    {"--version", OPTION_FLAG, NULL, "print the version", OPTION_VERSION},
};

static const char help_head[] =
    "usage: pgo-convert [OPTION]... PROFILE[@WEIGHT]...\n"
    "\n"
    "Converts sampled CPU profiles (pprof, perf.data, gperftools) to LLVM's sample profile,\n"
    "for clang's -fprofile-sample-use; sample profiles of LLVM's, in any form, may be\n"
    "among them: all are added up. The profiled binary is found by its build id and\n"
    "gives inline stacks, discriminators and basic blocks; without it, names and lines of\n"
    "a symbolized profile are used. A report goes to standard error.\n"
    "\n"
    "options:\n";

static const char help_tail[] =
    "\n"
    "examples:\n"
    "  pgo-convert -o default.pgo monday.pprof             the form to commit\n"
    "  pgo-convert -o default.pgo monday.pprof canary.pprof@3\n"
    "  pgo-convert --binary=./server-v12 -o default.pgo prod.pprof\n"
    "  pgo-convert --refresh=default.pgo -o default.pgo prod.pprof   the next week\n"
    "  pgo-convert --binary=./server -o /dev/null default.pgo        does it still fit?\n"
    "\n"
    "exit codes: 0 done, 1 failed (nothing was written), 2 wrong usage\n"
    "see also: pgo-collect(1), pgo-build(1)\n";

static bool wrong_value(struct err *err, const char *option, const char *expected,
                        const char *value)
{
    return err_set(err, ERR_USAGE, "%s: expected %s, found '%s'", option, expected, value);
}

static bool read_count(struct convert_options *options, const char *value, struct err *err)
{
    if (strcmp(value, "flow") == 0)
        options->count = COUNT_FLOW;
    else if (strcmp(value, "block") == 0)
        options->count = COUNT_BLOCK;
    else if (strcmp(value, "max") == 0)
        options->count = COUNT_MAX;
    else if (strcmp(value, "sum") == 0)
        options->count = COUNT_SUM;
    else
        return wrong_value(err, "--count", "flow, block, max or sum", value);
    return true;
}

static bool read_format(struct convert_options *options, const char *value, struct err *err)
{
    if (strcmp(value, "text") == 0)
        options->format = FORMAT_TEXT;
    else if (strcmp(value, "extbinary") == 0)
        options->format = FORMAT_EXTBINARY;
    else
        return wrong_value(err, "--format", "text or extbinary", value);
    return true;
}

static bool read_input(struct convert_options *options, const char *value, struct err *err)
{
    if (strcmp(value, "auto") == 0)
        options->input = INPUT_AUTO;
    else if (strcmp(value, "counts") == 0)
        options->input = INPUT_COUNTS;
    else
        return wrong_value(err, "--input", "auto or counts", value);
    return true;
}

static bool add_input(struct convert_options *options, const char *word, struct err *err)
{
    struct input_file input;

    if (!weighted_parse(word, &input.path, &input.weight, err))
        return false;
    *ARRAY_PUSH(options->inputs, options->input_count, options->input_capacity) = input;
    return true;
}

static bool add_label(struct convert_options *options, const char *word, struct err *err)
{
    if (!labels_check(word, err))
        return false;
    *ARRAY_PUSH(options->labels, options->label_count, options->label_capacity) = word;
    return true;
}

static bool take(struct convert_options *options, int id, const char *value, struct err *err)
{
    switch (id) {
    case OPTION_OUTPUT:
        options->output = value;
        return true;
    case OPTION_BINARY:
        *ARRAY_PUSH(options->binaries, options->binary_count, options->binary_capacity) = value;
        return true;
    case OPTION_DEBUG_DIR:
        *ARRAY_PUSH(options->debug_dirs, options->debug_dir_count, options->debug_dir_capacity) =
            value;
        return true;
    case OPTION_FORMAT:
        return read_format(options, value, err);
    case OPTION_COUNT:
        return read_count(options, value, err);
    case OPTION_INPUT:
        return read_input(options, value, err);
    case OPTION_SAMPLE_TYPE:
        options->sample_type = value;
        return true;
    case OPTION_LABEL:
        return add_label(options, value, err);
    case OPTION_REPORT:
        options->report = value;
        return true;
    case OPTION_STRICT:
        options->is_strict = true;
        return true;
    case OPTION_REFRESH:
        options->refresh = value;
        return true;
    default:
        return add_input(options, value, err);
    }
}

static bool check(const struct convert_options *options, struct err *err)
{
    if (!options->input_count) {
        err_set(err, ERR_USAGE, "no profile given");
        return err_hint(err, "pgo-convert -o default.pgo PROFILE; --help tells more");
    }
    if (options->report && strcmp(options->report, "-") == 0 && strcmp(options->output, "-") == 0) {
        err_set(err, ERR_USAGE, "the profile and the report both go to standard output");
        return err_hint(err, "-o FILE, or --report=FILE");
    }
    if (options->input == INPUT_COUNTS && options->binary_count != 1) {
        err_set(err, ERR_USAGE, "--input=counts: expected one --binary, found %zu",
                options->binary_count);
        return err_hint(err, "addresses alone do not say which executable they belong to");
    }
    return true;
}

enum options_result options_read(int argc, char **argv, struct convert_options *options,
                                 struct strbuf *text, struct err *err)
{
    struct options words = {.table = table, .count = ARRAY_SIZE(table), .argc = argc, .argv = argv};
    const char *value;
    int id;

    options->output = "-";
    while ((id = options_next(&words, &value, err)) >= 0) {
        if (id == OPTION_HELP) {
            strbuf_add_text(text, help_head);
            options_describe(table, ARRAY_SIZE(table), text);
            strbuf_add_text(text, help_tail);
            return OPTIONS_PRINT;
        }
        if (id == OPTION_VERSION) {
            strbuf_add_text(text, "pgo-convert " PGO_VERSION "\n");
            return OPTIONS_PRINT;
        }
        if (!take(options, id, value, err))
            return OPTIONS_WRONG;
    }
    return id == OPTIONS_END && check(options, err) ? OPTIONS_RUN : OPTIONS_WRONG;
}

void options_release(struct convert_options *options)
{
    for (size_t i = 0; i < options->input_count; i++)
        free(options->inputs[i].path);
    free(options->inputs);
    free(options->binaries);
    free(options->labels);
    free(options->debug_dirs);
}
