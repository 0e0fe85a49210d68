#include "verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/byteset.h"
#include "base/path.h"
#include "base/talk.h"
#include "child.h"
#include "elf_object.h"

struct result {
    struct content_name content;
    bool is_apart; /* its slice is meant to give another object than the whole profile */
};

/* Of one run, by output. */
struct results {
    struct byteset outputs;
    struct result *items;
    size_t count, capacity;
};

static void results_release(struct results *results)
{
    free(results->items);
    byteset_release(&results->outputs);
    *results = (struct results){0};
}

static bool is_ours(const struct build *build, const struct object *object)
{
    return object->verdict == INJECT_PROFILE && path_is_below(object->output, build->scope);
}

static bool expire_all(const struct build *build, struct err *err)
{
    struct objects_list list;

    if (!objects_list_read(&list, build->state.folder, err))
        return false;
    for (size_t i = 0; i < list.count; i++)
        if (is_ours(build, &list.items[i]))
            objects_expire(list.items[i].output);
    objects_list_release(&list);
    return true;
}

/* The command below a pgo-build of its own. */
static bool run(const struct build *build, const char *slices, int *status, struct err *err)
{
    const struct build_options *options = &build->options;
    char *self = path_real("/proc/self/exe");
    char *slices_word = mem_format("-slices=%s", slices);
    char *pgo = mem_format("-pgo=%s", options->mode == PGO_FILE ? options->file : "auto");
    char *probes = mem_format("-probes=%s", probes_mode_name(options->probes));
    char **argv = NULL;
    size_t count = 0, capacity = 0;
    bool started;

    *ARRAY_PUSH(argv, count, capacity) = self;
    *ARRAY_PUSH(argv, count, capacity) = slices_word;
    *ARRAY_PUSH(argv, count, capacity) = pgo;
    *ARRAY_PUSH(argv, count, capacity) = probes;
    if (options->verbose)
        *ARRAY_PUSH(argv, count, capacity) = "-v";
    *ARRAY_PUSH(argv, count, capacity) = "--";
    for (size_t i = 0; options->command[i]; i++)
        *ARRAY_PUSH(argv, count, capacity) = options->command[i];
    *ARRAY_PUSH(argv, count, capacity) = NULL;
    started = child_start(self, argv, -1, err);
    if (started)
        *status = child_wait();
    free(argv);
    free(self);
    free(slices_word);
    free(pgo);
    free(probes);
    return started;
}

/* By the session that the run has left. */
static bool is_apart(const struct session *session, const struct object *object)
{
    struct inject_choice choice;
    struct arena arena = {0};

    inject_choose(object->shape, object->source, &session->selection, &choice, &arena);
    arena_release(&arena);
    return choice.is_apart;
}

/* What the run has written: results that are still expired are of an earlier one. */
static bool read_results(const struct build *build, struct results *results, struct err *err)
{
    struct objects_list list = {0};
    struct session session = {0};
    struct result result;
    bool done = session_read(&session, build->state.folder, err) &&
                objects_list_read(&list, build->state.folder, err);

    selection_open(&session.selection);
    for (size_t i = 0; i < list.count; i++) {
        const struct object *object = &list.items[i];

        if (!is_ours(build, object) || objects_is_expired(object->output) ||
            !elf_object_content(object->output, &result.content))
            continue;
        result.is_apart = is_apart(&session, object);
        byteset_add_text(&results->outputs, object->output);
        *ARRAY_PUSH(results->items, results->count, results->capacity) = result;
    }
    objects_list_release(&list);
    session_release(&session);
    return done;
}

static int compare(const struct build *build, const struct results *whole,
                   const struct results *sliced)
{
    size_t same = 0, different = 0, apart = 0;
    uint32_t id;

    for (uint32_t i = 0; i < sliced->count; i++) {
        const struct result *result = &sliced->items[i];
        size_t len;
        const char *output = byteset_at(&sliced->outputs, i, &len);

        if (!byteset_find(&whole->outputs, output, len, &id))
            continue;
        if (strcmp(result->content.text, whole->items[id].content.text) == 0) {
            same++;
            continue;
        }
        *(result->is_apart ? &apart : &different) += 1;
        printf("%s: %s\n", result->is_apart ? "apart" : "different", build_shorten(build, output));
    }
    if (!same && !different && !apart) {
        talk_warn("nothing was compiled by both runs: clean the tree, and name a command that "
                  "builds it");
        return CHILD_FAILED;
    }
    printf("%zu objects: %zu the same, %zu different, %zu apart\n", same + different + apart, same,
           different, apart);
    return different ? 1 : 0;
}

/* One run and its results; on failure *code is what to end with. */
static bool run_and_read(const struct build *build, const char *slices, struct results *results,
                         int *code, struct err *err)
{
    int status = 0;

    *code = CHILD_FAILED;
    if (!expire_all(build, err) || !run(build, slices, &status, err))
        return false;
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return *code == 0 && read_results(build, results, err);
}

int verify_run(const struct build *build)
{
    struct results whole = {0}, sliced = {0};
    struct err err = {0};
    int code;

    if (run_and_read(build, "off", &whole, &code, &err) &&
        run_and_read(build, "on", &sliced, &code, &err))
        code = compare(build, &whole, &sliced);
    else if (err.kind != ERR_NONE)
        talk_error(&err);
    results_release(&whole);
    results_release(&sliced);
    return code;
}
