#include "objects.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/byteset.h"
#include "base/file.h"
#include "record.h"

#define MAX_FILE_BYTES ((size_t)512 * 1024 * 1024)

/* 1980-01-01: older than any source, and not 0, which some tools take for "not there". */
enum { LONG_AGO = 315532800 };

static uint64_t mtime_ns(const struct stat *status)
{
    return (uint64_t)status->st_mtim.tv_sec * 1000000000U + (uint64_t)status->st_mtim.tv_nsec;
}

static void format(const struct object *object, struct strbuf *line)
{
    record_add(line, object->output);
    record_add(line, object->source);
    record_add(line, object->asked);
    record_add(line, inject_verdict_name(object->verdict));
    record_add_u64(line, object->shape);
    record_add(line, object->key);
    record_add_u64(line, object->mtime_ns);
    record_end(line);
}

static bool next(char **text, struct object *object)
{
    struct record record;

    while (record_next(text, &record)) {
        if (record.count < 7 || !inject_verdict_parse(record.fields[3], &object->verdict))
            continue;
        object->output = record.fields[0];
        object->source = record.fields[1];
        object->asked = record.fields[2];
        object->shape = (unsigned)record_u64(&record, 4);
        object->key = record.fields[5];
        object->mtime_ns = record_u64(&record, 6);
        return true;
    }
    return false;
}

void objects_append(const char *state, const struct object *object)
{
    struct object copy = *object;
    struct strbuf line = {0};
    struct err err = {0};
    struct stat status;
    char *path;

    if (stat(object->output, &status) != 0 || !S_ISREG(status.st_mode))
        return;
    copy.mtime_ns = mtime_ns(&status);
    path = mem_format("%s/objects", state);
    format(&copy, &line);
    if (!record_append(path, &line, &err)) {
        /* the result stays unknown, and the report says what to type */
    }
    strbuf_release(&line);
    free(path);
}

const char *objects_compiler(const struct session *session, const char *asked)
{
    return strchr(asked, '/') ? asked : session_tool(session, asked);
}

void objects_expire(const char *path)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = LONG_AGO}};

    if (utimensat(AT_FDCWD, path, times, 0) != 0) {
        /* gone, or not ours to touch: the report sees what is compiled */
    }
}

/* Would the same compile get something else today? */
static bool is_stale(const struct object *object, const struct session *session)
{
    const struct selection_profile *profile = selection_find(&session->selection, object->source);
    const char *compiler = objects_compiler(session, object->asked);
    struct inject_flags flags = {0};
    struct content_name key;
    struct arena arena = {0};

    if (!compiler)
        return true;
    inject_spell(&flags, object->shape, profile ? profile->path : NULL, session->selection.root,
                 &arena);
    key = inject_key(compiler, &flags);
    arena_release(&arena);
    return strcmp(key.text, object->key) != 0;
}

static void refresh_one(const struct object *object, const struct session *session, bool only_count,
                        struct strbuf *kept, struct objects_count *count)
{
    struct stat status;
    bool expired;

    if (stat(object->output, &status) != 0)
        return;
    count->known++;
    format(object, kept);
    expired = status.st_mtim.tv_sec == LONG_AGO;
    if (expired || mtime_ns(&status) != object->mtime_ns || is_stale(object, session)) {
        count->stale++;
        if (!expired && !only_count)
            objects_expire(object->output);
    } else if (object->verdict == INJECT_PROFILE) {
        count->current++;
    }
}

/* Calls refresh_one() for the last entry of each output. */
static void refresh_all(char *text, const struct session *session, bool only_count,
                        struct strbuf *kept, struct objects_count *count)
{
    struct byteset outputs = {0};
    struct object *objects = NULL, object;
    size_t object_count = 0, capacity = 0;

    while (next(&text, &object)) {
        uint32_t id = byteset_add_text(&outputs, object.output);

        if (id == object_count)
            *ARRAY_PUSH(objects, object_count, capacity) = object;
        else
            objects[id] = object;
    }
    for (size_t i = 0; i < object_count; i++)
        refresh_one(&objects[i], session, only_count, kept, count);
    free(objects);
    byteset_release(&outputs);
}

bool objects_refresh(const char *state, const struct session *session, bool only_count,
                     struct objects_count *count, struct err *err)
{
    char *path = mem_format("%s/objects", state);
    struct strbuf text = {0}, kept = {0};
    bool done = true;

    if (file_exists(path))
        done = file_read(path, MAX_FILE_BYTES, &text, err);
    if (done && text.len) {
        refresh_all(text.data, session, only_count, &kept, count);
        if (!only_count)
            done = file_write(path, strbuf_text(&kept), kept.len, FILE_REPLACE, err);
    }
    strbuf_release(&text);
    strbuf_release(&kept);
    free(path);
    return done;
}
