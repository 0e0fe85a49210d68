#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "record.h"

#define SESSION_MAGIC     "pgo-build session 4"
#define SESSION_MAX_BYTES ((size_t)16 * 1024 * 1024)

const char *session_tool(const struct session *session, const char *name)
{
    for (size_t i = 0; i < session->tool_count; i++)
        if (strcmp(session->tools[i].name, name) == 0)
            return session->tools[i].path;
    return NULL;
}

void session_add_tool(struct session *session, const char *name, const char *path)
{
    struct session_tool tool = {arena_strdup(&session->arena, name),
                                arena_strdup(&session->arena, path)};

    *ARRAY_PUSH(session->tools, session->tool_count, session->tool_capacity) = tool;
}

/* Kind, fields, newline. A field that is NULL ends the list early. */
static void add_line(struct strbuf *out, const char *kind, const char *first, const char *second)
{
    const char *fields[] = {kind, first, second};

    for (size_t i = 0; i < ARRAY_SIZE(fields) && fields[i]; i++)
        record_add(out, fields[i]);
    record_end(out);
}

/* The user's file; the compiler's, its kind and its note, if it has samples. */
static void add_profile(struct strbuf *out, const struct selection_profile *profile)
{
    record_add(out, profile->source);
    if (profile->path) {
        record_add(out, profile->path);
        record_add(out, profile->by_probe ? "probe" : "line");
        record_add(out, profile->note ? profile->note : "");
    }
    record_end(out);
}

void session_format(const struct session *session, struct strbuf *out)
{
    const struct selection *selection = &session->selection;

    add_line(out, SESSION_MAGIC, NULL, NULL);
    add_line(out, "root", selection->root, NULL);
    add_line(out, "probes", probes_mode_name(selection->probes), NULL);
    add_line(out, "slices", slices_mode_name(selection->slices), NULL);
    for (size_t i = 0; i < session->tool_count; i++)
        add_line(out, "tool", session->tools[i].name, session->tools[i].path);
    for (size_t i = 0; i < selection->count; i++) {
        record_add(out, "profile");
        record_add(out, selection->rules[i].folder);
        add_profile(out, &selection->rules[i].profile);
    }
    if (selection->fallback.source) {
        record_add(out, "fallback");
        add_profile(out, &selection->fallback);
    }
    for (size_t i = 0; i < selection->index_count; i++)
        add_line(out, "index", selection->indexes[i].profile, selection->indexes[i].path);
    add_line(out, "end", NULL, NULL);
}

/* The fields from `index` on, as add_profile() has them. */
static struct selection_profile parse_profile(struct arena *arena, const struct record *record,
                                              size_t index)
{
    struct selection_profile profile = {0};

    profile.source = arena_strdup(arena, record_field(record, index));
    if (record->count > index + 1)
        profile.path = arena_strdup(arena, record_field(record, index + 1));
    profile.by_probe = strcmp(record_field(record, index + 2), "probe") == 0;
    if (record_field(record, index + 3)[0])
        profile.note = arena_strdup(arena, record_field(record, index + 3));
    return profile;
}

/* false: a line that only another version can have written. */
static bool parse_line(struct session *session, const struct record *record)
{
    struct selection *selection = &session->selection;
    const char *kind = record->fields[0];

    if (strcmp(kind, "root") == 0)
        selection->root = arena_strdup(&session->arena, record_field(record, 1));
    else if (strcmp(kind, "probes") == 0)
        return probes_mode_parse(record_field(record, 1), &selection->probes);
    else if (strcmp(kind, "slices") == 0)
        return slices_mode_parse(record_field(record, 1), &selection->slices);
    else if (strcmp(kind, "index") == 0)
        *ARRAY_PUSH(selection->indexes, selection->index_count, selection->index_capacity) =
            (struct slice_index){.profile = arena_strdup(&session->arena, record_field(record, 1)),
                                 .path = arena_strdup(&session->arena, record_field(record, 2))};
    else if (strcmp(kind, "tool") == 0)
        session_add_tool(session, record_field(record, 1), record_field(record, 2));
    else if (strcmp(kind, "profile") == 0)
        *ARRAY_PUSH(selection->rules, selection->count, selection->capacity) =
            (struct selection_rule){.folder =
                                        arena_strdup(&session->arena, record_field(record, 1)),
                                    .profile = parse_profile(&session->arena, record, 2)};
    else if (strcmp(kind, "fallback") == 0)
        selection->fallback = parse_profile(&session->arena, record, 1);
    return true;
}

bool session_parse(struct session *session, char *text, struct err *err)
{
    struct record record;
    bool ended = false;

    if (!record_next(&text, &record) || strcmp(record.fields[0], SESSION_MAGIC) != 0)
        return err_set(err, ERR_FORMAT, "does not start with '%s'", SESSION_MAGIC);
    while (record_next(&text, &record)) {
        ended = strcmp(record.fields[0], "end") == 0;
        if (!parse_line(session, &record))
            return err_set(err, ERR_FORMAT, "'%s' is not understood", record.fields[0]);
    }
    if (!ended || !session->selection.root)
        return err_set(err, ERR_FORMAT, "ends early");
    return true;
}

bool session_read(struct session *session, const char *state, struct err *err)
{
    char *path = mem_format("%s/session", state);
    struct strbuf text = {0};
    bool done;

    done = file_read(path, SESSION_MAX_BYTES, &text, err);
    if (done && !text.data)
        done = err_set(err, ERR_FORMAT, "is empty");
    if (done && !session_parse(session, text.data, err))
        done = err_prepend(err, "%s: ", path);
    strbuf_release(&text);
    free(path);
    return done;
}

/* All but the indexes, which change while launchers note what has moved. */
static void format_settings(const struct session *session, struct strbuf *out)
{
    struct session plain = *session;

    plain.selection.index_count = 0;
    session_format(&plain, out);
}

static void take_indexes(struct session *session, const struct selection *theirs)
{
    struct selection *ours = &session->selection;

    selection_close(ours);
    ours->index_count = 0;
    for (size_t i = 0; i < theirs->index_count; i++)
        *ARRAY_PUSH(ours->indexes, ours->index_count, ours->index_capacity) = (struct slice_index){
            .profile = arena_strdup(&session->arena, theirs->indexes[i].profile),
            .path = arena_strdup(&session->arena, theirs->indexes[i].path)};
    selection_open(ours);
}

bool session_join(struct session *session, const char *state)
{
    struct strbuf our_text = {0}, their_text = {0};
    struct session theirs = {0};
    struct err ignored = {0};
    bool same = session_read(&theirs, state, &ignored);

    if (same) {
        format_settings(session, &our_text);
        format_settings(&theirs, &their_text);
        same = strcmp(our_text.data, their_text.data) == 0;
    }
    if (same)
        take_indexes(session, &theirs.selection);
    session_release(&theirs);
    strbuf_release(&our_text);
    strbuf_release(&their_text);
    return same;
}

void session_release(struct session *session)
{
    free(session->tools);
    free(session->selection.rules);
    selection_close(&session->selection);
    free(session->selection.indexes);
    arena_release(&session->arena);
    *session = (struct session){0};
}

static bool set_lock(int fd, int command, short type)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET};

    while (fcntl(fd, command, &lock) != 0)
        if (errno != EINTR)
            return false;
    return true;
}

int session_lock(const char *state, enum session_lock_kind *kind, struct err *err)
{
    char *path = mem_format("%s/lock", state);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

    if (fd < 0) {
        err_errno(err, path, "cannot open");
    } else if (set_lock(fd, F_OFD_SETLK, F_WRLCK)) {
        *kind = SESSION_ALONE;
    } else if (set_lock(fd, F_OFD_SETLKW, F_RDLCK)) {
        *kind = SESSION_SHARED;
    } else {
        err_errno(err, path, "cannot lock");
        close(fd);
        fd = -1;
    }
    free(path);
    return fd;
}

bool session_share(int lock, const char *state, struct err *err)
{
    return set_lock(lock, F_OFD_SETLK, F_RDLCK) || err_errno(err, state, "cannot lock");
}

bool session_is_live(const char *state)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char *path = mem_format("%s/lock", state);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool live = fd >= 0 && fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;

    if (fd >= 0)
        close(fd);
    free(path);
    return live;
}
