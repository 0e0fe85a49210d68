/* pgo-collect import: a recording that is there → profile → symbols → file → report. */
#include "command.h"

#include <string.h>

#include "base/file.h"
#include "base/progress.h"
#include "base/talk.h"
#include "import_options.h"
#include "import_perf.h"
#include "output.h"
#include "symbolize.h"

static bool read_input(const struct import_options *options, const struct file_map *map,
                       struct imported *imported, struct err *err)
{
    bool done;

    progress_start("importing %s", options->input);
    done = import_perf(map->data, map->len, options, imported, err) ||
           err_prepend(err, "%s: ", options->input);
    progress_end();
    return done;
}

static void report(const struct import_options *options, const struct imported *imported,
                   size_t bytes)
{
    struct symbolize_share share = symbolize_measure(imported->profile);

    talk_say("%s; %.1f%% with a source line", strbuf_text(&imported->summary),
             100.0 * (double)share.with_line / (double)share.total);
    talk_say("%s: %zu bytes written%s", options->output, bytes,
             share.with_line && strcmp(options->output, OUTPUT_DEFAULT) == 0
                 ? "; next: pgo-build make"
                 : "");
}

static bool import(const struct import_options *options, struct err *err)
{
    struct imported imported = {0};
    struct file_map map = {0};
    size_t bytes = 0;
    bool done;

    if (!file_map(options->input, &map))
        return err_errno(err, options->input, "cannot read");
    done = read_input(options, &map, &imported, err);
    if (done) {
        symbolize_profile(imported.profile);
        done = output_write(options->output, options->force, imported.profile, &bytes, err);
    }
    if (done)
        report(options, &imported, bytes);
    profile_free(imported.profile);
    strbuf_release(&imported.summary);
    file_unmap(&map);
    return done;
}

int command_import(int argc, char **argv)
{
    struct import_options options;
    struct err err = {0};
    enum import_request request = import_options_read(&options, argc, argv, &err);
    bool done = request == IMPORT_SHOWED;

    if (request == IMPORT_RUN)
        done = output_check(options.output, options.force, &err) && import(&options, &err);
    import_options_release(&options);
    return done ? TALK_EXIT_DONE : talk_fail(&err);
}
