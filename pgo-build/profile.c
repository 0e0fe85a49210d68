#include "profile.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/content.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"
#include "base/process.h"
#include "base/progress.h"
#include "base/talk.h"
#include "cache.h"
#include "latest.h"
#include "profile/sampleprof_read.h"
#include "profile_text.h"
#include "record.h"
#include "slices.h"
#include "store.h"

static const char *const kind_names[] = {
    [PROFILE_TEXT] = "text sample profile",
    [PROFILE_BINARY] = "binary sample profile",
    [PROFILE_PPROF] = "pprof",
    [PROFILE_GPERFTOOLS] = "gperftools profile",
};

/* All of the first 4 KiB is text. */
static bool is_text(const unsigned char *data, size_t len)
{
    for (size_t i = 0; i < len && i < 4096; i++)
        if (data[i] < 0x20 && !memchr("\t\n\r", data[i], 3))
            return false;
    return true;
}

/* Does the first line that is neither blank nor a comment look like NAME:TOTAL:HEAD? */
static bool starts_with_function(const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\r\n");

        if (len && text[0] != '#' && text[0] != ' ')
            return memchr(text, ':', len) && text[len - 1] >= '0' && text[len - 1] <= '9';
        text += len;
        text += *text != '\0';
    }
    return false;
}

static bool is_blank(const unsigned char *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!memchr(" \t\r\n", data[i], 4))
            return false;
    return true;
}

/* 0, 3, 0 in words of 32 or 64 bits, of either byte order: lib/profile/gperftools.h. */
static bool is_gperftools(const unsigned char *data, size_t len)
{
    static const struct {
        size_t len;
        const char *bytes;
    } heads[] = {
        {12, "\0\0\0\0\3\0\0\0\0\0\0\0"},
        {12, "\0\0\0\0\0\0\0\3\0\0\0\0"},
        {24, "\0\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"},
        {24, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
        if (len >= heads[i].len && memcmp(data, heads[i].bytes, heads[i].len) == 0)
            return true;
    return false;
}

enum profile_kind profile_kind(const void *data, size_t len)
{
    /*
     * LLVM's magic is a number in LEB128: "SPROF42" above a byte for the form, whose upper bit
     * is the lowest of the second byte.
     */
    static const char sampleprof[] = "\xd0\xb1\xf4\xc9\x94\xa8\x53";
    static const char instrumentation[] = "\xfflprofi\x81";
    const unsigned char *bytes = data;

    if (is_blank(bytes, len))
        return PROFILE_EMPTY;
    if (len > 9 && (bytes[1] & 0xfe) == 0xe4 && memcmp(bytes + 2, sampleprof, 7) == 0)
        return PROFILE_BINARY;
    if (len >= 8 && memcmp(bytes, instrumentation, 8) == 0)
        return PROFILE_INSTRUMENTATION;
    if (len >= 8 && memcmp(bytes, "PERFILE2", 8) == 0)
        return PROFILE_PERF_DATA;
    if (len >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b)
        return PROFILE_PPROF;
    if (is_gperftools(bytes, len))
        return PROFILE_GPERFTOOLS;
    if (!is_text(bytes, len))
        return bytes[0] == 0x0a ? PROFILE_PPROF : PROFILE_FOREIGN; /* field 1, sample_type */
    return starts_with_function(data) ? PROFILE_TEXT : PROFILE_FOREIGN;
}

/* The last line of what a program said, without the program's own prefix. */
static void quote(struct err *err, const char *source, const char *prefix, char *said)
{
    char *line, *hint;

    hint = strstr(said, "hint: ");
    if (hint)
        *hint = '\0';
    line = strstr(said, prefix);
    line = line ? line + strlen(prefix) : said;
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(line, source, strlen(source)) == 0)
        err_set(err, ERR_FORMAT, "%s", line);
    else
        err_set(err, ERR_FORMAT, "%s: %s", source, line);
    if (!hint) {
        err_hint(err, "record it again, or build without it: pgo-build -pgo=off ...");
        return;
    }
    hint += strlen("hint: ");
    hint[strcspn(hint, "\n")] = '\0';
    err_hint(err, "%s", hint);
}

/* llvm-profdata's form of a profile, with its verdict as the error. */
static bool merge(const struct profile_tools *tools, const char *source, const char *form,
                  struct strbuf *out, struct err *err)
{
    char *made = mem_format("%s/profile.XXXXXX", tools->cache);
    int fd = mkstemp(made);
    const char *const argv[] = {tools->profdata, "merge", "--sample", form, "-o", made,
                                source,          NULL};
    struct process_result result = {0};
    bool done = fd >= 0 || err_errno(err, made, "cannot create");

    if (fd >= 0)
        close(fd);
    done = done && process_run(argv, "", 0, PROFILE_MAX_BYTES, &result, err);
    if (done && result.exit_code != 0) {
        strbuf_add_char(&result.errors, '\n');
        quote(err, source, "error: ", result.errors.data);
        done = false;
    }
    done = done && file_read(made, PROFILE_MAX_BYTES, out, err);
    unlink(made);
    free(made);
    process_result_release(&result);
    return done;
}

/* What llvm-profdata makes of the file; the text itself without one. */
static bool keep_merged(struct profile *profile, const char *file, const struct strbuf *text,
                        const struct profile_tools *tools, struct err *err)
{
    struct strbuf binary = {0};

    if (!tools->profdata || merge(tools, file, "--extbinary", &binary, err))
        profile->path = store_put(tools->cache, "default.prof", tools->profdata ? &binary : text,
                                  FILE_REPLACE, err);
    strbuf_release(&binary);
    return profile->path != NULL;
}

static bool read_text(struct profile *profile, const struct strbuf *text, struct err *err)
{
    profile_count_text(profile, strbuf_text(text));
    provenance_read(&profile->provenance, strbuf_text(text));
    return sampleprof_check_end(&profile->provenance, strbuf_text(text), text->len, err);
}

/* LLVM's own forms: counts from the text, and the extensible binary for clang. */
static bool prepare_llvm(struct profile *profile, const char *file, enum profile_kind kind,
                         const struct profile_tools *tools, struct err *err)
{
    struct strbuf text = {0};
    bool done, has_map = false;

    if (kind == PROFILE_TEXT || !tools->profdata)
        done = file_read(file, PROFILE_MAX_BYTES, &text, err);
    else
        done = merge(tools, file, "--text", &text, err);
    if (done && (kind == PROFILE_TEXT || tools->profdata))
        done = read_text(profile, &text, err) || err_prepend(err, "%s: ", profile->source);
    if (done && profile->counts)
        profile->path = slices_keep_whole(&text, tools->cache, &has_map, err);
    if (profile->path)
        profile->text = store_put(tools->cache, "default.pgo", &text, FILE_REPLACE, err);
    if (has_map)
        done = profile->text != NULL;
    else if (done && (profile->counts || (kind == PROFILE_BINARY && !tools->profdata)))
        done = keep_merged(profile, file, &text, tools, err);
    strbuf_release(&text);
    return done;
}

/* A recording, which pgo-convert makes counts of. */
static bool is_recording(enum profile_kind kind)
{
    return kind == PROFILE_PPROF || kind == PROFILE_GPERFTOOLS;
}

static bool convert(const struct profile_tools *tools, const struct profile *profile,
                    const char *made, struct err *err)
{
    char *old = latest_find(tools->state, profile->source);
    char *refresh = old ? mem_format("--refresh=%s", old) : NULL;
    const char *const argv[] = {tools->convert,  "--format=text", "-o", made,
                                profile->source, refresh,         NULL};
    struct process_result result = {0};
    bool done;

    free(old);
    if (!tools->convert) {
        free(refresh);
        err_set(err, ERR_NOT_FOUND, "%s: is a %s, and pgo-convert was not found", profile->source,
                profile->kind);
        return err_hint(err, "install pgo-convert beside pgo-build");
    }
    progress_start("converting %s", path_base(profile->source));
    done = process_run(argv, "", 0, PROFILE_MAX_BYTES, &result, err);
    progress_end();
    if (done && result.exit_code != 0) {
        strbuf_add_char(&result.errors, '\n');
        quote(err, profile->source, "pgo-convert: ", result.errors.data);
        done = false;
    } else if (done && tools->verbose && result.errors.len) {
        size_t len = result.errors.len - (result.errors.data[result.errors.len - 1] == '\n');

        talk_say("%.*s", (int)len, result.errors.data);
    }
    process_result_release(&result);
    free(refresh);
    return done;
}

static bool prepare_recording(struct profile *profile, const struct profile_tools *tools,
                              struct err *err)
{
    char *made = mem_format("%s/convert.XXXXXX", tools->cache);
    int fd = mkstemp(made);
    bool done = fd >= 0 || err_errno(err, made, "cannot create");

    if (fd >= 0)
        close(fd);
    done = done && convert(tools, profile, made, err) &&
           prepare_llvm(profile, made, PROFILE_TEXT, tools, err);
    unlink(made);
    free(made);
    return done;
}

/* Where it is remembered what became of these bytes under these tools. */
static char *memory_path(const struct profile_tools *tools, const struct strbuf *bytes,
                         enum profile_kind kind)
{
    struct content_name content = content_name(bytes->data, bytes->len), name;
    char *text =
        mem_format("%s\n%s\n%s\n%s", content.text, PGO_VERSION,
                   tools->profdata ? tools->profdata : "", is_recording(kind) ? tools->root : "");
    char *path;

    name = content_name(text, strlen(text));
    path = mem_format("%s/profiles/made/%s", tools->cache, name.text);
    free(text);
    return path;
}

static bool recall(struct profile *profile, const char *memory)
{
    struct strbuf text = {0};
    struct err ignored = {0};
    struct record record;
    bool found = false;
    char *rest;

    if (file_exists(memory) && file_read(memory, PROFILE_MAX_BYTES, &text, &ignored)) {
        rest = text.data;
        found = record_next(&rest, &record) && record.count == 6 &&
                (!record.fields[0][0] || cache_touch(record.fields[0])) &&
                (!record.fields[4][0] || cache_touch(record.fields[4])) && cache_touch(memory);
    }
    if (found) {
        profile->path = record.fields[0][0] ? mem_strdup(record.fields[0]) : NULL;
        profile->counts = record_u64(&record, 1);
        profile->functions = record_u64(&record, 2);
        profile->by_probe = record_u64(&record, 3) != 0;
        profile->text = record.fields[4][0] ? mem_strdup(record.fields[4]) : NULL;
        provenance_read(&profile->provenance, record.fields[5]);
    }
    strbuf_release(&text);
    return found;
}

static bool remember(const struct profile *profile, const char *memory, struct err *err)
{
    char *folder = path_folder(memory);
    struct strbuf line = {0}, provenance = {0};
    bool done;

    provenance_write(&profile->provenance, &provenance);
    record_add(&line, profile->path ? profile->path : "");
    record_add_u64(&line, profile->counts);
    record_add_u64(&line, profile->functions);
    record_add_u64(&line, profile->by_probe);
    record_add(&line, profile->text ? profile->text : "");
    record_add(&line, strbuf_text(&provenance));
    record_end(&line);
    done = file_make_folders(folder, err) &&
           file_write(memory, line.data, line.len, FILE_REPLACE, err);
    strbuf_release(&line);
    strbuf_release(&provenance);
    free(folder);
    return done;
}

static bool refuse(enum profile_kind kind, const char *source, struct err *err)
{
    if (kind == PROFILE_INSTRUMENTATION) {
        err_set(err, ERR_UNSUPPORTED, "%s: is an instrumentation profile, not samples", source);
        return err_hint(err, "give it to clang yourself: -fprofile-use=%s", source);
    }
    if (kind == PROFILE_PERF_DATA) {
        err_set(err, ERR_UNSUPPORTED, "%s: is perf's own perf.data", source);
        return err_hint(err, "convert it: pgo-convert -o %s %s", source, source);
    }
    err_set(err, ERR_FORMAT,
            "%s: is neither a pprof, nor a profile by gperftools, nor an LLVM sample profile",
            source);
    return err_hint(err,
                    "restore it, or record one: pgo-collect record -f -o default.pgo -- COMMAND");
}

static bool prepare(struct profile *profile, enum profile_kind kind,
                    const struct profile_tools *tools, struct err *err)
{
    if (is_recording(kind))
        return prepare_recording(profile, tools, err);
    return prepare_llvm(profile, profile->source, kind, tools, err);
}

bool profile_prepare(struct profile *profile, const char *source, const struct profile_tools *tools,
                     struct err *err)
{
    struct strbuf bytes = {0};
    enum profile_kind kind;
    struct stat status;
    char *memory = NULL;
    bool done = false;

    profile->source = mem_strdup(source);
    if (stat(source, &status) == 0 && !S_ISREG(status.st_mode)) { /* we read it more than once */
        err_set(err, ERR_UNSUPPORTED, "%s: is not a file", source);
        err_hint(err, "write the profile into one, and name that");
        goto out;
    }
    if (!file_read(source, PROFILE_MAX_BYTES, &bytes, err))
        goto out;
    kind = profile_kind(strbuf_text(&bytes), bytes.len);
    if (kind > PROFILE_GPERFTOOLS) {
        refuse(kind, source, err);
        goto out;
    }
    done = true;
    if (kind == PROFILE_EMPTY)
        goto out;
    profile->kind = kind_names[kind];
    profile->content = profile_content(bytes.data, bytes.len);
    memory = memory_path(tools, &bytes, kind);
    if (!recall(profile, memory))
        done = prepare(profile, kind, tools, err) && remember(profile, memory, err);
    if (done && is_recording(kind) && profile->text && tools->state)
        done = latest_note(tools->state, source, profile->text, err);
out:
    free(memory);
    strbuf_release(&bytes);
    return done;
}

void profile_release(struct profile *profile)
{
    free(profile->source);
    free(profile->path);
    free(profile->text);
    free(profile->note);
    provenance_release(&profile->provenance);
    *profile = (struct profile){0};
}
