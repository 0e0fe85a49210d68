/* pgo-collect fetch: URLs → requests → replies → one profile → symbols → file → report. */
#include "command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/number.h"
#include "base/progress.h"
#include "base/talk.h"
#include "fetch/reply.h"
#include "fetch/secrets.h"
#include "fetch/transfer.h"
#include "fetch/window.h"
#include "fetch_options.h"
#include "output.h"
#include "profile/profile.h"
#include "profile/profile_merge.h"
#include "symbolize.h"

struct fetch {
    const struct fetch_options *options;
    struct secrets secrets;
    struct transfer_settings settings;
    struct request *requests; /* one a URL, as are the next three */
    struct transfer *transfers;
    struct profile **profiles; /* NULL: it did not come */
    uint64_t *samples;
    size_t came;
};

static const char *read_secret(struct fetch *fetch, const char *path, struct err *err)
{
    bool is_open = false;
    const char *secret = secrets_read(&fetch->secrets, path, &is_open, err);

    if (secret && is_open)
        talk_warn("%s can be read by others than its owner: chmod 600 %s", path, path);
    return secret;
}

static bool check_readable(const char *path, struct err *err)
{
    return !path || access(path, R_OK) == 0 || err_errno(err, path, "cannot read");
}

static void take_headers(struct fetch *fetch)
{
    const struct fetch_options *options = fetch->options;

    fetch->settings.headers = options->headers;
    fetch->settings.header_count = options->header_count;
    for (size_t i = 0; i < options->header_count; i++) {
        const char *value = strchr(options->headers[i], ':') + 1;

        secrets_add(&fetch->secrets, value + strspn(value, " \t"));
        if (strncasecmp(options->headers[i], "authorization:", 14) == 0)
            talk_warn("-H Authorization: other users of this machine can see it (ps); better in a "
                      "file: --bearer-file, --user-file");
    }
}

static bool prepare_settings(struct fetch *fetch, struct err *err)
{
    const struct fetch_options *options = fetch->options;
    struct transfer_settings *settings = &fetch->settings;

    *settings = (struct transfer_settings){.cacert = options->cacert,
                                           .cert = options->cert,
                                           .key = options->key,
                                           .unix_socket = options->unix_socket,
                                           .timeout_s = options->timeout_s,
                                           .max_bytes = options->max_bytes,
                                           .max_retries = (unsigned)options->max_retries};
    if (!check_readable(options->cacert, err) || !check_readable(options->cert, err) ||
        !check_readable(options->key, err))
        return false;
    take_headers(fetch);
    if (options->bearer_file && !(settings->bearer = read_secret(fetch, options->bearer_file, err)))
        return false;
    if (options->user_file && !(settings->user = read_secret(fetch, options->user_file, err)))
        return false;
    if (settings->user && !strchr(settings->user, ':'))
        return err_set(err, ERR_FORMAT, "%s: expected NAME:PASSWORD", options->user_file);
    if (settings->user) /* a page may show the password alone */
        secrets_add(&fetch->secrets, strchr(settings->user, ':') + 1);
    return true;
}

static bool prepare_requests(struct fetch *fetch, struct err *err)
{
    const struct fetch_options *options = fetch->options;
    const char *from = options->from ? options->from : "now-1h";
    const char *to = options->to ? options->to : "now";
    int64_t now_ms = (int64_t)time(NULL) * 1000;
    struct request_window window = {.seconds = options->seconds, .query = options->query};

    if (!window_parse("--from", from, now_ms, &window.from_ms, err) ||
        !window_parse("--to", to, now_ms, &window.to_ms, err))
        return false;
    for (size_t i = 0; i < options->url_count; i++) {
        struct request *request = &fetch->requests[i];

        if (!request_build(options->urls[i], &window, request, err))
            return false;
        if ((options->from || options->to) && request->backend == BACKEND_PPROF)
            return err_set(err, ERR_USAGE,
                           "%s: --from and --to are for Pyroscope and Parca, not for a plain URL",
                           request->shown);
        if (request->password)
            secrets_add(&fetch->secrets, request->password);
        fetch->transfers[i].request = request;
    }
    return true;
}

static uint64_t count_samples(const struct profile *profile)
{
    struct profile_weight weight;
    struct err ignored = {0};
    uint64_t sum = 0;

    if (!profile_find_weight(profile, NULL, &weight, &ignored))
        return 0;
    for (size_t i = 0; i < profile->sample_count; i++)
        if (profile->samples[i].values[weight.value] > 0)
            sum = saturating_add(sum, (uint64_t)profile->samples[i].values[weight.value]);
    return sum / (uint64_t)weight.divisor;
}

/* Of CPU time, of the program that was meant; NULL if not. */
static struct profile *check_profile(const struct fetch *fetch, struct profile *profile,
                                     struct err *err)
{
    struct profile_weight weight;
    bool done = profile_find_weight(profile, NULL, &weight, err);

    if (done && profile_weighs_memory(profile, &weight)) {
        done = err_set(err, ERR_UNSUPPORTED, "a profile of memory, expected one of CPU time");
        err_hint(err, "the CPU profile is at /debug/pprof/profile, or of another TYPE in --query");
    }
    if (done && gate_check_program(&fetch->options->gate, profile, err))
        return profile;
    profile_free(profile);
    return NULL;
}

/* What came as a profile; what did not is said, unless it is the only one. */
static void read_replies(struct fetch *fetch, struct err *err)
{
    size_t count = fetch->options->url_count;

    for (size_t i = 0; i < count; i++) {
        struct transfer *transfer = &fetch->transfers[i];

        if (transfer->done)
            fetch->profiles[i] =
                reply_read(transfer->request->backend, strbuf_text(&transfer->body),
                           transfer->body.len, fetch->options->max_bytes, &transfer->err);
        strbuf_release(&transfer->body);
        if (fetch->profiles[i])
            fetch->profiles[i] = check_profile(fetch, fetch->profiles[i], &transfer->err);
        if (fetch->profiles[i]) {
            fetch->samples[i] = count_samples(fetch->profiles[i]);
            fetch->came++;
            continue;
        }
        secrets_hide_err(&fetch->secrets, &transfer->err);
        err_prepend(&transfer->err, "%s: ", transfer->request->shown);
        if (count == 1)
            *err = transfer->err;
        else
            talk_error(&transfer->err);
    }
}

static bool get(struct fetch *fetch, struct err *err)
{
    size_t count = fetch->options->url_count;

    if (count == 1)
        progress_start("fetching %s", fetch->requests[0].shown);
    else
        progress_start("fetching from %zu places", count);
    transfer_run(fetch->transfers, count, &fetch->settings);
    progress_end();
    read_replies(fetch, err);
    if (count > 1 && fetch->came == 0)
        return err_set(err, ERR_IO, "no profile came from any of %zu URLs, nothing written", count);
    if (fetch->came < count && fetch->options->strict)
        return err_set(err, ERR_IO, "%zu of %zu profiles came, nothing written (--strict)",
                       fetch->came, count);
    return fetch->came > 0;
}

static bool add_all(const struct fetch *fetch, struct profile_merge *merge, struct err *err)
{
    for (size_t i = 0; i < fetch->options->url_count; i++)
        if (fetch->profiles[i] && !profile_merge_add(merge, fetch->profiles[i], 1, err))
            return err_prepend(err, "%s: ", fetch->requests[i].shown);
    return true;
}

/* One that came alone is taken as it is. */
static struct profile *take_only(struct fetch *fetch)
{
    struct profile *only = NULL;

    for (size_t i = 0; !only && i < fetch->options->url_count; i++) {
        only = fetch->profiles[i];
        fetch->profiles[i] = NULL;
    }
    return only;
}

/* The one that came, or the sum; NULL if they do not fit, or not through the gate. */
static struct profile *combine(struct fetch *fetch, struct err *err)
{
    struct profile_merge *merge = profile_merge_new(PROFILE_MERGE_PLAIN);
    struct profile *result = NULL;

    if (add_all(fetch, merge, err) &&
        gate_check(&fetch->options->gate, profile_merge_facts(merge), err)) {
        gate_warn_programs(profile_merge_facts(merge));
        result = fetch->came == 1 ? take_only(fetch) : profile_merge_build(merge);
    }
    profile_merge_free(merge);
    return result;
}

/* Where the figures come from: no user, no password, no token. */
static void add_comments(const struct fetch *fetch, struct profile *profile)
{
    for (size_t i = 0; i < fetch->options->url_count; i++) {
        const struct request *request = &fetch->requests[i];

        if (fetch->samples[i])
            profile_add_comment(profile, "fetched: %" PRIu64 " samples from %s%s%s",
                                fetch->samples[i], request->shown, request->asked[0] ? ", " : "",
                                request->asked);
    }
    profile_add_comment(profile, "fetched by: pgo-collect %s", PGO_VERSION);
}

static void report(const struct fetch *fetch, const struct profile *profile, size_t bytes)
{
    const struct fetch_options *options = fetch->options;
    struct symbolize_share share = symbolize_measure(profile);
    double with_line = share.total ? 100.0 * (double)share.with_line / (double)share.total : 0;

    if (options->url_count == 1)
        talk_say("%" PRIu64 " samples from %s; %.1f%% with a source line", count_samples(profile),
                 fetch->requests[0].shown, with_line);
    else
        talk_say("%" PRIu64 " samples from %zu of %zu URLs; %.1f%% with a source line",
                 count_samples(profile), fetch->came, options->url_count, with_line);
    if (share.with_line == 0)
        talk_warn("no sample has a source line: fetch it where the profiled binary can be read, "
                  "with its line tables, or give it to pgo-convert --binary");
    talk_say("%s: %zu bytes written%s", options->output, bytes,
             share.with_line && strcmp(options->output, OUTPUT_DEFAULT) == 0
                 ? "; next: pgo-build make"
                 : "");
}

static bool run(struct fetch *fetch, struct err *err)
{
    const struct fetch_options *options = fetch->options;
    struct profile *profile;
    size_t bytes = 0;
    bool done;

    if (!output_check(options->output, options->force, err) || !prepare_settings(fetch, err) ||
        !prepare_requests(fetch, err) || !get(fetch, err))
        return false;
    profile = combine(fetch, err);
    if (!profile)
        return false;
    add_comments(fetch, profile);
    symbolize_profile(profile);
    done = output_write(options->output, options->force, profile, &bytes, err);
    if (done)
        report(fetch, profile, bytes);
    profile_free(profile);
    return done;
}

static void release(struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->options->url_count; i++) {
        profile_free(fetch->profiles[i]);
        request_release(&fetch->requests[i]);
        strbuf_release(&fetch->transfers[i].body);
    }
    free(fetch->profiles);
    free(fetch->requests);
    free(fetch->transfers);
    free(fetch->samples);
    secrets_release(&fetch->secrets);
}

int command_fetch(int argc, char **argv)
{
    struct fetch_options options;
    struct err err = {0};
    struct fetch fetch = {.options = &options};
    int exit_code = TALK_EXIT_DONE;

    switch (fetch_options_read(&options, argc, argv, &err)) {
    case COMMAND_LINE_SHOWED:
        break;
    case COMMAND_LINE_ERROR:
        exit_code = talk_fail(&err);
        break;
    case COMMAND_LINE_RUN:
        fetch.requests = mem_array(options.url_count, sizeof(*fetch.requests));
        fetch.transfers = mem_array(options.url_count, sizeof(*fetch.transfers));
        fetch.profiles = mem_array(options.url_count, sizeof(*fetch.profiles));
        fetch.samples = mem_array(options.url_count, sizeof(*fetch.samples));
        if (!run(&fetch, &err))
            exit_code = talk_fail(&err);
        release(&fetch);
        break;
    }
    fetch_options_release(&options);
    return exit_code;
}
