#include "output.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "profile/sampleprof_binary.h"
#include "report_json.h"

static const char *counts_kind(const struct convert_options *options, const struct report *report)
{
    static const char *const kinds[] = {
        [COUNT_FLOW] = "estimated by basic block and control flow",
        [COUNT_BLOCK] = "estimated by basic block",
        [COUNT_MAX] = "largest of a line's instructions",
        [COUNT_SUM] = "sum of a line's instructions",
    };

    if (!report->sample_count)
        return "as they are in the sample profile";
    if (options->input == INPUT_COUNTS)
        return "exact";
    if (report->ranges.count)
        return "exact, from branch records";
    return report->by_address ? kinds[options->count] : "samples of lines, without the binary";
}

/* Before the profile: if it cannot be written, neither is. */
static bool write_report(const struct convert_options *options, const struct conversion *conversion,
                         const struct sampleprof_losses *losses, struct err *err)
{
    struct strbuf json = {0};
    bool done;

    report_to_json(&conversion->report, conversion->tree, losses,
                   counts_kind(options, &conversion->report), &json);
    done = file_write(options->report, json.data, json.len, FILE_REPLACE, err);
    strbuf_release(&json);
    return done;
}

static void write_binary(struct sampleprof *tree, struct strbuf *out)
{
    struct sampleprof_summary summary;
    size_t count;
    const struct sampleprof_function **flat = sampleprof_flatten(tree, &count);

    sampleprof_summarize_tree(tree, &summary);
    sampleprof_write_binary(tree, flat, count, &summary, out);
}

bool output_write(const struct convert_options *options, const struct conversion *conversion,
                  struct err *err)
{
    struct strbuf text = {0}, binary = {0};
    const struct strbuf *out = &text;
    struct sampleprof_losses losses;
    bool done = true;

    if (options->format == FORMAT_EXTBINARY && strcmp(options->output, "-") == 0 &&
        isatty(STDOUT_FILENO)) {
        err_set(err, ERR_USAGE, "a binary profile does not belong on a terminal");
        return err_hint(err, "-o FILE");
    }
    sampleprof_write_text(conversion->tree, &text, &losses);
    if (options->is_strict)
        done = report_check_strict(&conversion->report, conversion->tree, &losses, err);
    if (options->format == FORMAT_EXTBINARY) {
        write_binary(conversion->tree, &binary);
        out = &binary;
    }
    done = done && (!options->report || write_report(options, conversion, &losses, err)) &&
           file_write(options->output, out->data, out->len, FILE_REPLACE, err);
    if (done)
        report_say(&conversion->report, conversion->tree, &losses,
                   counts_kind(options, &conversion->report));
    strbuf_release(&text);
    strbuf_release(&binary);
    return done;
}
