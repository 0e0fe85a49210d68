/* bench_main(): the stages of a program of benchmarks, in order. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/talk.h"
#include "libpgobench/run.h"

/* In the order of the constructors, which is that of the source. */
static struct bench_entry *first, **last = &first;

void bench_register(struct bench_entry *entry)
{
    *last = entry;
    last = &entry->next;
}

static bool matches(const struct bench_options *options, const struct bench_entry *entry)
{
    struct strbuf name = {0};
    bool found;

    result_text_name(entry->name, &name);
    found = filter_matches(&options->filter, 0, entry->name) ||
            filter_matches(&options->filter, 0, strbuf_text(&name));
    strbuf_release(&name);
    return found;
}

/* Something must run: a filter with a typing error is no success. */
static bool check_any(const struct bench_options *options, struct err *err)
{
    for (const struct bench_entry *entry = first; entry; entry = entry->next)
        if (matches(options, entry))
            return true;
    if (!first) {
        err_set(err, ERR_NOT_FOUND, "no benchmark in this program");
        return err_hint(err, "BENCH(NAME) { while (bench_next(b)) ...; } makes one");
    }
    err_set(err, ERR_USAGE, "-bench=%s: no benchmark matches", options->pattern);
    return err_hint(err, "-list shows their names");
}

static void list(const struct bench_options *options)
{
    struct strbuf names = {0};

    for (const struct bench_entry *entry = first; entry; entry = entry->next)
        if (matches(options, entry)) {
            result_text_name(entry->name, &names);
            strbuf_add_char(&names, '\n');
        }
    fputs(strbuf_text(&names), stdout);
    strbuf_release(&names);
}

static void run_all(struct session *session)
{
    for (const struct bench_entry *entry = first; entry; entry = entry->next)
        run_benchmark(session, 0, entry->name, &(struct body){.plain = entry->body});
}

static int name_width(void)
{
    size_t width = 24;

    for (const struct bench_entry *entry = first; entry; entry = entry->next)
        if (strlen("Benchmark") + strlen(entry->name) > width)
            width = strlen("Benchmark") + strlen(entry->name);
    return (int)width;
}

static int run(const char *program, struct bench_options *options, struct err *err)
{
    const char *json_path = options->json_path;
    struct session session = {.options = *options, .name_width = name_width()};
    struct strbuf head = {0};
    int code = TALK_EXIT_DONE;

    session.writes_text = !json_path || strcmp(json_path, "-") != 0;
    if (session.writes_text) {
        result_text_head(&head);
        fputs(strbuf_text(&head), stdout);
        strbuf_release(&head);
    }
    result_json_head(program, &session.json);
    run_all(&session);
    result_json_end(&session.json);
    if (json_path && !file_write(json_path, session.json.data, session.json.len, FILE_REPLACE, err))
        code = talk_fail(err);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        err_errno(err, "standard output", "cannot write");
        code = talk_fail(err);
    }
    strbuf_release(&session.json);
    byteset_release(&session.names);
    return session.has_failed ? TALK_EXIT_FAILED : code;
}

static int describe(const char *program, enum options_action action)
{
    struct strbuf text = {0};

    if (action == OPTIONS_VERSION)
        strbuf_add_text(&text, "libpgobench " PGO_VERSION "\n");
    else
        options_help(program, &text);
    fputs(strbuf_text(&text), stdout);
    strbuf_release(&text);
    return fflush(stdout) == 0 ? TALK_EXIT_DONE : TALK_EXIT_FAILED;
}

int bench_main(int argc, char **argv)
{
    struct bench_options options = {0};
    struct err err = {0};
    int code;

    talk_start(program_invocation_short_name);
    if (!options_read(argc, argv, &options, &err))
        return talk_fail(&err);
    if (options.action == OPTIONS_HELP || options.action == OPTIONS_VERSION) {
        code = describe(program_invocation_short_name, options.action);
    } else if (!check_any(&options, &err)) {
        code = talk_fail(&err);
    } else if (options.action == OPTIONS_LIST) {
        list(&options);
        code = TALK_EXIT_DONE;
    } else {
        code = run(program_invocation_short_name, &options, &err);
    }
    filter_release(&options.filter);
    return code;
}
