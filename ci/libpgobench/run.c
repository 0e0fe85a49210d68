#include "libpgobench/run.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Blanks would end the name in the text; no two benchmarks have the same. free() it. */
static char *make_name(struct session *session, const char *name)
{
    char *clean = mem_strdup(name), *unique = mem_strdup(name);
    size_t count = session->names.count;

    for (char *c = clean; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f)
            *c = '_';
    memcpy(unique, clean, strlen(clean));
    for (unsigned number = 1; byteset_add_text(&session->names, unique) < count; number++) {
        free(unique);
        unique = mem_format("%s#%02u", clean, number);
    }
    free(clean);
    return unique;
}

/* By the name in C, or that of the text. */
static bool passes(const struct filter *filter, size_t level, const char *name)
{
    struct strbuf text = {0};
    bool found = filter_matches(filter, level, name);

    if (!found && level == 0) {
        result_text_name(name, &text);
        found = filter_matches(filter, level, strbuf_text(&text));
        strbuf_release(&text);
    }
    return found;
}

static void check(struct run *run)
{
    struct result *result = &run->result;

    if (result->status != RESULT_MEASURED)
        return;
    if (run->in_loop && !run->over)
        run_fail(run, "it left its loop before bench_next() said so");
    else if (!run->in_loop && !run->has_subs && run->passes)
        run_fail(run, "it measured nothing: there is no bench_next()");
    else if (run->in_loop && !run->done)
        run_fail(run, "it measured nothing: bench_reset() in each iteration");
}

static void report(struct run *run)
{
    struct session *session = run->session;
    struct result *result = &run->result;
    struct strbuf text = {0};

    if (result->status == RESULT_FAILED)
        session->has_failed = true;
    if (result->status == RESULT_MEASURED && !run->in_loop)
        return;
    result->iterations = run->done;
    result->used = run->meter.sum;
    result->has_allocations = meter_counts_allocations();
    if (session->options.json_path && result->status != RESULT_SKIPPED)
        result_json(result, session->json_count++ == 0, &session->json);
    if (session->writes_text) {
        result_text(result, session->name_width, &text);
        fputs(strbuf_text(&text), stdout);
        fflush(stdout);
        strbuf_release(&text);
    }
}

/* One call; is it worth another one? */
static bool call(struct session *session, size_t level, const char *name, const struct body *body,
                 uint64_t index, bool *failed)
{
    struct run run = {
        .session = session,
        .level = level,
        .passes = session->options.filter.count <= level + 1,
        .result = {.name = name, .index = index, .repetitions = session->options.count}};

    if (body->plain)
        body->plain(&run.bench);
    else
        body->with(&run.bench, body->arg);
    check(&run);
    report(&run);
    *failed |= run.result.status == RESULT_FAILED;
    return run.in_loop && run.result.status == RESULT_MEASURED;
}

bool run_benchmark(struct session *session, size_t level, const char *name, const struct body *body)
{
    const char *last = strrchr(name, '/');
    bool failed = false;
    char *unique;

    if (!passes(&session->options.filter, level, level && last ? last + 1 : name))
        return true;
    unique = make_name(session, name);
    for (uint64_t i = 0; i < session->options.count; i++)
        if (!call(session, level, unique, body, i, &failed))
            break;
    free(unique);
    return !failed;
}

bool bench_run(struct bench *b, void (*body)(struct bench *b, void *arg), void *arg,
               const char *format, ...)
{
    struct run *parent = (struct run *)b;
    struct strbuf name = {0};
    char *own = NULL;
    va_list args;
    bool done;

    if (parent->in_loop)
        run_fail(parent, "it has a loop and sub-benchmarks: move the loop into one of its own");
    if (parent->result.status != RESULT_MEASURED)
        return false;
    parent->has_subs = true;
    va_start(args, format);
    if (vasprintf(&own, format, args) < 0)
        abort();
    va_end(args);
    strbuf_add_format(&name, "%s/%s", parent->result.name, own);
    free(own);
    done = run_benchmark(parent->session, parent->level + 1, strbuf_text(&name),
                         &(struct body){.with = body, .arg = arg});
    strbuf_release(&name);
    return done;
}
