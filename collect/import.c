/* pgo-collect import: a recording that is there → profile → symbols → file → report. */
#include "command.h"

#include <inttypes.h>
#include <string.h>

#include "base/path.h"
#include "base/progress.h"
#include "base/talk.h"
#include "binaries.h"
#include "import_file.h"
#include "import_options.h"
#include "import_other.h"
#include "import_perf.h"
#include "import_script.h"
#include "output.h"
#include "profile/gperftools.h"
#include "profile/perf_data.h"
#include "profile/perf_script.h"
#include "symbolize.h"

/* One import, from its opening to the report. */
struct session {
    const struct import_options *options;
    struct import_file file;
    struct binaries binaries;
    struct imported imported;
    struct strbuf guessed; /* names of binaries that only their size tells */
};

static bool read_content(struct session *session, struct err *err)
{
    const struct import_options *options = session->options;
    const struct file_map *map = &session->file.map;
    bool done;

    if (perf_data_is(map->data, map->len))
        done = import_perf(map, options, &session->binaries, &session->imported, err);
    else if (perf_script_is(map->data, map->len))
        done = import_script(map, options, &session->binaries, &session->imported, err);
    else if (gperftools_is(map->data, map->len))
        done = import_gperftools(map, options, &session->imported, err);
    else
        done = import_refuse(map, err);
    return done || err_prepend(err, "%s: ", options->input);
}

/* When the recording began, as far as its file tells. */
static void set_time(struct session *session)
{
    struct profile *profile = session->imported.profile;

    if (!profile->time_ns && session->file.modified_ns > profile->duration_ns)
        profile->time_ns = session->file.modified_ns - profile->duration_ns;
}

/* What was guessed stands in the profile, too. */
static void note_guessed(struct session *session)
{
    if (binaries_list_guessed(&session->binaries, &session->guessed))
        profile_add_comment(session->imported.profile, "without a build id, found by size: %s",
                            session->guessed.data);
}

static void add_symbols(struct session *session)
{
    struct profile *profile = session->imported.profile;

    symbolize_from(profile, &session->binaries);
    set_time(session);
    profile_add_comment(profile, "recording: %s, %zu bytes", path_base(session->options->input),
                        session->file.map.len);
    note_guessed(session);
}

static void report(const struct session *session, size_t bytes)
{
    enum { FEW = 10 }; /* less than one in these */
    const struct import_options *options = session->options;
    struct symbolize_share share = symbolize_measure(session->imported.profile);

    talk_say("%s; %.1f%% with a source line", strbuf_text(&session->imported.summary),
             100.0 * (double)share.with_line / (double)share.total);
    if (session->guessed.len)
        talk_warn(
            "the recording has no build id of %s: taken was what has its name and code of its "
            "size",
            session->guessed.data);
    if (share.with_line * FEW < share.total) /* libraries may have some all the same */
        talk_warn(
            "hardly a sample has a source line: name the binary that was recorded, "
            "--binary=FILE, or a folder of debug files, --debug-dir=DIR; it needs line tables "
            "(-g1)");
    talk_say("%s: %zu bytes written%s", options->output, bytes,
             share.with_line && strcmp(options->output, OUTPUT_DEFAULT) == 0
                 ? "; next: pgo-build make"
                 : "");
}

static bool import(struct session *session, struct err *err)
{
    const struct import_options *options = session->options;
    size_t bytes = 0;
    bool done;

    if (!binaries_open(&session->binaries, options->binaries, options->binary_count, err))
        return false;
    progress_start("importing %s", options->input);
    done = import_file_open(&session->file, options->input, err) && read_content(session, err);
    if (done)
        add_symbols(session);
    progress_end();
    done = done && binaries_check(&session->binaries, err) &&
           output_write(options->output, options->force, session->imported.profile, &bytes, err);
    if (done)
        report(session, bytes);
    return done;
}

static void close_session(struct session *session)
{
    imported_release(&session->imported);
    strbuf_release(&session->guessed);
    binaries_close(&session->binaries);
    import_file_close(&session->file);
}

int command_import(int argc, char **argv)
{
    struct import_options options;
    struct err err = {0};
    enum import_request request = import_options_read(&options, argc, argv, &err);
    bool done = request == IMPORT_SHOWED;

    if (request == IMPORT_RUN) {
        struct session session = {
            .options = &options,
            .binaries = {.places = {.folders = options.debug_folders,
                                    .folder_count = options.debug_folder_count,
                                    .ask_servers = true}}};

        done = output_check(options.output, options.force, &err) && import(&session, &err);
        close_session(&session);
    }
    import_options_release(&options);
    return done ? TALK_EXIT_DONE : talk_fail(&err);
}
