#include "show_flame.h"

#include <string.h>

#include "base/file.h"
#include "base/page.h"
#include "base/path.h"
#include "flame.h"
#include "profile/labels.h"
#include "show_input.h"

#define MAX_REPORT_BYTES ((size_t)64 * 1024 * 1024)

/* Values of another kind cannot be compared. */
static bool check_kinds(const struct show_input *shown, const struct show_input *base,
                        const char *base_path, struct err *err)
{
    const struct profile_value_type *of_shown, *of_base;

    if (!shown->profile != !base->profile)
        return err_set(err, ERR_MISMATCH, "--diff=%s: a pprof and LLVM's form cannot be compared",
                       base_path);
    if (!shown->profile)
        return true;
    of_shown = &shown->profile->value_types[shown->value];
    of_base = &base->profile->value_types[base->value];
    return strcmp(of_shown->unit, of_base->unit) == 0 ||
           err_set(err, ERR_MISMATCH,
                   "--diff=%s: found values in %s, expected %s as in the profile", base_path,
                   of_base->unit, of_shown->unit);
}

static bool read_report(const char *path, struct strbuf *report, struct err *err)
{
    const char *text;

    if (!path)
        return true;
    if (!file_read(path, MAX_REPORT_BYTES, report, err))
        return false;
    text = strbuf_text(report);
    if (text[0] == '{' && strlen(text) == report->len)
        return true;
    err_set(err, ERR_FORMAT, "%s: expected what pgo-convert --report wrote", path);
    return err_hint(err, "pgo-convert --report=FILE.json writes it");
}

static bool write_page(const struct show_options *options, const struct show_input *shown,
                       const struct show_input *base, struct err *err)
{
    struct strbuf page = {0}, report = {0};
    struct flame_input input = {
        .shown = {path_base(options->path), shown->profile, shown->value, shown->counts},
        .base = {options->base ? path_base(options->base) : "", base->profile, base->value,
                 base->counts},
    };
    bool done = read_report(options->report, &report, err);

    if (done) {
        input.report = options->report ? strbuf_text(&report) : NULL;
        flame_write(&input, &page);
        done = file_write(options->flame, page.data, page.len, FILE_REPLACE, err);
    }
    strbuf_release(&report);
    strbuf_release(&page);
    return done;
}

/* Only a pprof has labels. */
static void keep_labels(const struct show_options *options, const struct show_input *input)
{
    if (input->profile)
        labels_keep(input->profile, options->labels, options->label_count);
}

bool show_flame(const struct show_options *options, struct err *err)
{
    struct show_input shown = {0}, base = {0};
    bool done = page_check_target(options->flame, err) &&
                show_input_read(&shown, options->path, SHOW_INPUT_ANY, err) &&
                (!options->base || (show_input_read(&base, options->base, SHOW_INPUT_ANY, err) &&
                                    check_kinds(&shown, &base, options->base, err)));

    if (done) {
        keep_labels(options, &shown);
        keep_labels(options, &base);
        done = write_page(options, &shown, &base, err);
    }
    show_input_release(&shown);
    show_input_release(&base);
    return done;
}
