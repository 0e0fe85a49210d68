#include "compiler.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"
#include "base/process.h"
#include "record.h"

#define MAX_ANSWER_BYTES ((size_t)1024 * 1024)
#define MAX_KNOWN_BYTES  ((size_t)16 * 1024 * 1024)

enum { OLDEST_WITH_PROBES = 19 };

static const char machine_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

static const char *const kind_names[] = {"clang", "gcc", "unknown"};

bool compiler_is_name(const char *name)
{
    static const char *const names[] = {"clang++", "clang", "g++", "gcc", "cc", "c++"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        size_t len = strlen(names[i]);

        if (strncmp(name, names[i], len) != 0)
            continue;
        name += len;
        return *name == '\0' || (*name == '-' && isdigit((unsigned char)name[1]) &&
                                 name[1 + strspn(name + 1, "0123456789.")] == '\0');
    }
    return false;
}

/* What stands after the words in the answer, of these characters. */
static bool take(const char *answer, const char *words, const char *characters, char *out,
                 size_t size)
{
    const char *found = strstr(answer, words);
    size_t len;

    if (!found)
        return false;
    found += strlen(words);
    len = strspn(found, characters);
    if (!len || len >= size)
        return false;
    memcpy(out, found, len);
    out[len] = '\0';
    return true;
}

static bool run(const char *const *argv, struct process_result *result)
{
    struct err err = {0};

    return process_run(argv, "", 0, MAX_ANSWER_BYTES, result, &err) && result->exit_code == 0;
}

static bool accepts(const char *path, const char *option)
{
    const char *const argv[] = {path,   "-x", "c",         "-O2",       "-c", "-mllvm",
                                option, "-o", "/dev/null", "/dev/null", NULL};
    struct process_result result = {0};
    bool done = run(argv, &result);

    process_result_release(&result);
    return done;
}

static struct compiler ask(const char *path)
{
    const char *const argv[] = {path, "--version", NULL};
    struct compiler compiler = {.kind = COMPILER_UNKNOWN};
    struct process_result result = {0};

    if (run(argv, &result)) {
        const char *answer = strbuf_text(&result.output);

        /* "Debian clang version 22.1.0 (...)", "Target: x86_64-pc-linux-gnu" */
        if (take(answer, "clang version ", "0123456789.", compiler.version,
                 sizeof(compiler.version)))
            compiler.kind = COMPILER_CLANG;
        else if (strstr(answer, "Free Software Foundation"))
            compiler.kind = COMPILER_GCC;
        take(answer, "Target: ", machine_characters, compiler.target, sizeof(compiler.target));
    }
    process_result_release(&result);
    if (compiler.kind == COMPILER_CLANG) {
        compiler.reports_staleness = accepts(path, COMPILER_REPORT_STALENESS);
        compiler.inlines_plainly = accepts(path, COMPILER_PLAIN_INLINING);
        compiler.places_blocks = accepts(path, COMPILER_PLACE_BLOCKS);
    }
    return compiler;
}

/* The first three fields: which file, in which state. */
static void identify(const char *path, const struct stat *status, struct strbuf *out)
{
    record_add(out, path);
    record_add_u64(out, (uint64_t)status->st_size);
    record_add_u64(out, (uint64_t)status->st_mtim.tv_sec);
}

static bool is_about(const struct record *record, const char *path, const struct stat *status)
{
    return record->count >= 9 && strcmp(record->fields[0], path) == 0 &&
           record_u64(record, 1) == (uint64_t)status->st_size &&
           record_u64(record, 2) == (uint64_t)status->st_mtim.tv_sec;
}

static bool recall(const char *known, const char *path, const struct stat *status,
                   struct compiler *compiler)
{
    struct strbuf text = {0};
    struct err err = {0};
    struct record record;
    bool found = false;

    if (file_exists(known) && file_read(known, MAX_KNOWN_BYTES, &text, &err))
        for (char *rest = text.data; !found && record_next(&rest, &record);)
            found = is_about(&record, path, status);
    if (found) {
        *compiler = (struct compiler){.kind = COMPILER_UNKNOWN,
                                      .reports_staleness = record_u64(&record, 5) != 0,
                                      .inlines_plainly = record_u64(&record, 6) != 0,
                                      .places_blocks = record_u64(&record, 7) != 0};
        for (size_t i = 0; i < ARRAY_SIZE(kind_names); i++)
            if (strcmp(record.fields[3], kind_names[i]) == 0)
                compiler->kind = (enum compiler_kind)i;
        memcpy(compiler->version, record.fields[4],
               strnlen(record.fields[4], sizeof(compiler->version) - 1));
        memcpy(compiler->target, record.fields[8],
               strnlen(record.fields[8], sizeof(compiler->target) - 1));
    }
    strbuf_release(&text);
    return found;
}

bool compiler_ask(const char *path, const char *state, struct compiler *compiler, struct err *err)
{
    char *known = mem_format("%s/compilers", state);
    struct strbuf line = {0};
    struct err ignored = {0};
    struct stat status;
    bool exists = stat(path, &status) == 0;

    if (!exists) {
        err_errno(err, path, "cannot run");
    } else if (!recall(known, path, &status, compiler)) {
        *compiler = ask(path);
        identify(path, &status, &line);
        record_add(&line, kind_names[compiler->kind]);
        record_add(&line, compiler->version);
        record_add_u64(&line, compiler->reports_staleness);
        record_add_u64(&line, compiler->inlines_plainly);
        record_add_u64(&line, compiler->places_blocks);
        record_add(&line, compiler->target);
        record_end(&line);
        if (!record_append(known, &line, &ignored)) {
            /* a state folder that cannot be written costs four processes a launch, no more */
        }
    }
    strbuf_release(&line);
    free(known);
    return exists;
}

unsigned compiler_major(const struct compiler *compiler)
{
    return (unsigned)strtoul(compiler->version, NULL, 10);
}

const char *compiler_machine(const struct compiler *compiler, const char *target)
{
    static const struct {
        const char *start, *machine;
    } machines[] = {{"x86_64-", COMPILER_X86_64},
                    {"amd64-", COMPILER_X86_64},
                    {"aarch64-", COMPILER_AARCH64},
                    {"arm64-", COMPILER_AARCH64}};

    if (compiler->kind != COMPILER_CLANG)
        return NULL;
    if (!target)
        target = compiler->target;
    for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
        if (strncmp(target, machines[i].start, strlen(machines[i].start)) == 0)
            return machines[i].machine;
    return NULL;
}

bool compiler_takes_probes(const struct compiler *compiler, const char *target)
{
    return compiler_major(compiler) >= OLDEST_WITH_PROBES && compiler_machine(compiler, target);
}
