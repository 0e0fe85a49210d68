#include "objects.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/byteset.h"
#include "base/file.h"
#include "base/path.h"
#include "record.h"
#include "walk.h"

#define MAX_FILE_BYTES ((size_t)512 * 1024 * 1024)

/*
 * The second after the epoch: older than sources out of archives without times (zip writes
 * 1980-01-01), and not 0, which some tools take for "not there".
 */
enum { LONG_AGO = 1 };

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
    record_add_u64(line, object->staleness.reported);
    record_add_u64(line, object->staleness.found);
    record_add_u64(line, object->staleness.lost);
    record_add_u64(line, object->staleness.changed);
    record_end(line);
}

static bool next(char **text, struct object *object)
{
    struct record record;

    while (record_next(text, &record)) {
        if (record.count < 10 || !inject_verdict_parse(record.fields[3], &object->verdict))
            continue;
        object->output = record.fields[0];
        object->source = record.fields[1];
        object->asked = record.fields[2];
        object->shape = (unsigned)record_u64(&record, 4);
        object->key = record.fields[5];
        object->mtime_ns = record_u64(&record, 6);
        object->staleness.reported = record_u64(&record, 7) != 0;
        object->staleness.found = record_u64(&record, 8);
        object->staleness.lost = record_u64(&record, 9);
        object->staleness.changed = record_u64(&record, 10);
        return true;
    }
    return false;
}

/* Of several lines of an output the last one stays, in its place. */
static void drop_older(struct objects_list *list)
{
    struct byteset outputs = {0};
    size_t kept = list->count;

    for (size_t i = list->count; i > 0; i--) {
        size_t known = outputs.count;

        if (byteset_add_text(&outputs, list->items[i - 1].output) == known)
            list->items[--kept] = list->items[i - 1];
    }
    memmove(list->items, list->items + kept, (list->count - kept) * sizeof(*list->items));
    list->count -= kept;
    byteset_release(&outputs);
}

bool objects_list_read(struct objects_list *list, const char *state, struct err *err)
{
    char *path = mem_format("%s/objects", state), *rest;
    struct object object;
    bool done = true;

    *list = (struct objects_list){0};
    if (file_exists(path))
        done = file_read(path, MAX_FILE_BYTES, &list->text, err);
    rest = list->text.data;
    while (done && rest && next(&rest, &object))
        *ARRAY_PUSH(list->items, list->count, list->capacity) = object;
    if (list->count)
        drop_older(list);
    free(path);
    return done;
}

void objects_list_release(struct objects_list *list)
{
    free(list->items);
    strbuf_release(&list->text);
    *list = (struct objects_list){0};
}

static void append(const char *state, const struct object *object)
{
    char *path = mem_format("%s/objects", state);
    struct strbuf line = {0};
    struct err err = {0};

    format(object, &line);
    if (!record_append(path, &line, &err)) {
        /* the result stays unknown, and the report says what to type */
    }
    strbuf_release(&line);
    free(path);
}

void objects_begin(const char *state, const struct object *object)
{
    struct object copy = *object;
    struct stat status;

    if (lstat(object->output, &status) == 0 && !S_ISREG(status.st_mode))
        return;
    copy.mtime_ns = 0;
    append(state, &copy);
}

void objects_append(const char *state, const struct object *object)
{
    struct object copy = *object;
    struct stat status;

    if (lstat(object->output, &status) != 0 || !S_ISREG(status.st_mode))
        return; /* also a link: /dev/stdout is somebody else's file at the next start */
    copy.mtime_ns = mtime_ns(&status);
    append(state, &copy);
}

const char *objects_compiler(const struct session *session, const char *asked)
{
    return strchr(asked, '/') ? asked : session_tool(session, asked);
}

static void set_old(const char *path)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = LONG_AGO}};

    if (utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) != 0) {
        /* gone, or not ours to touch: the report sees what is compiled */
    }
}

/* libtool makes d/.libs/x.o and d/x.o, and make looks at d/x.lo, which names them; free() it. */
static char *libtool_file(const char *path)
{
    const char *base = path_base(path), *dot = strrchr(base, '.');
    char *folder = path_folder(path), *name, *file;

    if (strcmp(path_base(folder), ".libs") == 0) {
        char *above = path_folder(folder);

        free(folder);
        folder = above;
    }
    name = mem_format("%.*s.lo", dot ? (int)(dot - base) : (int)strlen(base), base);
    file = path_join(folder, name);
    free(folder);
    free(name);
    return file;
}

void objects_expire(const char *path)
{
    char *libtool = libtool_file(path);

    set_old(path);
    if (objects_is_object(path))
        set_old(libtool);
    free(libtool);
}

bool objects_is_expired(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && status.st_mtim.tv_sec == LONG_AGO;
}

static bool is_key_of(const struct object *object, const char *compiler,
                      const struct selection_profile *profile, const struct session *session)
{
    struct inject_flags flags = {0};
    struct arena arena = {0};
    struct content_name key;

    inject_spell(&flags, object->shape, profile, &session->selection, &arena);
    key = inject_key(compiler, &flags);
    arena_release(&arena);
    return strcmp(key.text, object->key) == 0;
}

/*
 * Would the same compile get something else today? What was made with the whole profile is what its
 * slice would give, unless the slice is apart.
 */
static bool is_stale(const struct object *object, const struct session *session)
{
    const char *compiler = objects_compiler(session, object->asked);
    struct inject_choice choice;
    struct arena arena = {0};
    bool stale;

    if (!compiler)
        return true;
    inject_choose(object->shape, object->source, &session->selection, &choice, &arena);
    stale = !is_key_of(object, compiler, choice.given, session) &&
            (choice.given == choice.whole || choice.is_apart ||
             !is_key_of(object, compiler, choice.whole, session));
    arena_release(&arena);
    return stale;
}

/* The walk over all known results. */
struct review {
    const struct session *session;
    const char *scope; /* NULL: everywhere */
    uint64_t since_ns;
    bool expire;
    struct strbuf kept;     /* the file's new text */
    struct byteset outputs; /* all that are known */
    struct byteset sources; /* whose staleness was counted */
    struct objects_count *count;
};

/* false: the result is gone. */
static bool review_one(struct review *review, const struct object *object)
{
    struct objects_count *count = review->count;
    size_t sources = review->sources.count;
    struct stat status;
    bool expired;

    if (stat(object->output, &status) != 0)
        return false;
    if (review->scope && !path_is_below(object->output, review->scope) &&
        mtime_ns(&status) < review->since_ns)
        return true;
    count->known++;
    expired = status.st_mtim.tv_sec == LONG_AGO;
    if (expired || mtime_ns(&status) != object->mtime_ns || is_stale(object, review->session)) {
        count->stale++;
        count->passed_by += mtime_ns(&status) >= review->since_ns;
        if (!expired && review->expire)
            objects_expire(object->output);
    } else if (object->verdict == INJECT_PROFILE) {
        count->current++;
        count->plain += !selection_find(&review->session->selection, object->source);
        if (object->staleness.reported &&
            byteset_add_text(&review->sources, object->source) == sources)
            staleness_add(&count->staleness, &object->staleness);
    } else if (object->verdict == INJECT_GCC || object->verdict == INJECT_UNDER_CACHE ||
               object->verdict == INJECT_NO_PROBES) {
        count->lacking++;
    }
    return true;
}

/* The newest first, so that of a source that has several its staleness counts. */
static void review_all(struct review *review, struct objects_list *list)
{
    for (size_t i = list->count; i > 0; i--) {
        byteset_add_text(&review->outputs, list->items[i - 1].output);
        if (!review_one(review, &list->items[i - 1]))
            list->items[i - 1].output = NULL;
    }
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].output)
            format(&list->items[i], &review->kept);
}

bool objects_is_object(const char *path)
{
    const char *dot = strrchr(path_base(path), '.');

    return dot && strcmp(dot, ".o") == 0;
}

static void count_unknown(void *context, const char *path)
{
    struct review *review = context;
    struct stat status;
    uint32_t id;

    if (!objects_is_object(path) || byteset_find(&review->outputs, path, strlen(path), &id))
        return;
    review->count->unknown++;
    if (stat(path, &status) == 0)
        review->count->passed_by += mtime_ns(&status) >= review->since_ns;
}

static bool review(const char *state, struct review *review, struct err *err)
{
    char *path = mem_format("%s/objects", state);
    struct walk walk = {.context = review, .visit = count_unknown};
    struct objects_list list;
    bool done = objects_list_read(&list, state, err);

    *review->count = (struct objects_count){0};
    if (done && list.count) {
        review_all(review, &list);
        if (review->expire)
            done =
                file_write(path, strbuf_text(&review->kept), review->kept.len, FILE_REPLACE, err);
    }
    if (done && review->scope)
        walk_folder(&walk, review->scope);
    objects_list_release(&list);
    strbuf_release(&review->kept);
    byteset_release(&review->outputs);
    byteset_release(&review->sources);
    free(path);
    return done;
}

bool objects_count(const char *state, const struct session *session, const char *scope,
                   uint64_t since_ns, struct objects_count *count, struct err *err)
{
    struct review plain = {
        .session = session, .scope = scope, .since_ns = since_ns, .count = count};

    return review(state, &plain, err);
}

bool objects_refresh(const char *state, const struct session *session, struct objects_count *count,
                     struct err *err)
{
    struct review expiring = {
        .session = session, .since_ns = UINT64_MAX, .expire = true, .count = count};

    return review(state, &expiring, err);
}

/* Where each of the files stands in the set of their absolute paths. */
static uint32_t *index_files(const char *const *files, size_t count, struct byteset *paths)
{
    uint32_t *ids = mem_array(count, sizeof(*ids));

    for (size_t i = 0; i < count; i++) {
        char *path = path_absolute(files[i]);

        ids[i] = byteset_add_text(paths, path);
        free(path);
    }
    return ids;
}

size_t objects_profiles(const char *state, const struct session *session, const char *const *files,
                        size_t count, const struct selection_profile **profiles)
{
    char *path = mem_format("%s/objects", state);
    struct byteset paths = {0};
    uint32_t *ids = index_files(files, count, &paths), id;
    const struct selection_profile **found = mem_array(paths.count, sizeof(*found));
    bool *is_known = mem_array(paths.count, sizeof(*is_known));
    struct strbuf text = {0};
    struct err ignored = {0};
    struct object object;
    size_t known = 0;

    if (file_exists(path) && file_read(path, MAX_FILE_BYTES, &text, &ignored)) {
        for (char *rest = text.data; next(&rest, &object);) { /* the last line counts */
            if (!byteset_find(&paths, object.output, strlen(object.output), &id))
                continue;
            is_known[id] = true;
            found[id] = object.verdict == INJECT_PROFILE
                            ? selection_find(&session->selection, object.source)
                            : NULL;
        }
    }
    for (size_t i = 0; i < count; i++) {
        profiles[i] = found[ids[i]];
        known += is_known[ids[i]];
    }
    free(found);
    free(is_known);
    free(ids);
    byteset_release(&paths);
    strbuf_release(&text);
    free(path);
    return known;
}
