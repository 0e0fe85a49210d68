#include "toolchain.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/process.h"
#include "compiler.h"

enum { NEWEST = 22, OLDEST_SUPPORTED = 19, OLDEST = 14 };

/* Programs that run a compiler which they look for under their own name. */
static bool is_mask(const char *program)
{
    static const char *const names[] = {"ccache", "sccache", "distcc", "icecc", "pgo-launch"};
    char *real = path_real(program);
    const char *base = real ? path_base(real) : "";
    bool is = false;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        is |= strcmp(base, names[i]) == 0;
    is &= strcmp(path_base(program), base) != 0;
    free(real);
    return is;
}

/* The first program of that name on PATH that is no mask; `mask` gets one that stood before. */
static char *find(const char *name, const char *path, char **mask)
{
    while (path && *path) {
        size_t len = strcspn(path, ":");
        char *folder = mem_format("%.*s", (int)len, path);
        char *found = len ? process_find(name, folder, NULL) : NULL;

        free(folder);
        path += len + (path[len] == ':');
        if (found && !is_mask(found))
            return found;
        if (found && mask && !*mask)
            *mask = path_real(found);
        free(found);
    }
    return NULL;
}

static bool try_clang(struct toolchain *toolchain, const char *suffix)
{
    char *name = mem_format("clang%s", suffix);

    toolchain->cc = find(name, toolchain->path, NULL);
    if (!toolchain->cc) {
        free(name);
        return false;
    }
    toolchain->cc_name = name;
    toolchain->cxx_name = mem_format("clang++%s", suffix);
    toolchain->cxx = find(toolchain->cxx_name, toolchain->path, NULL);
    return true;
}

static bool try_clangs(struct toolchain *toolchain, int newest, int oldest)
{
    bool found = false;

    for (int version = newest; version >= oldest && !found; version--) {
        char *suffix = mem_format("-%d", version);

        found = try_clang(toolchain, suffix);
        free(suffix);
    }
    return found;
}

/* Beside the clang itself, or of the same version, or any. */
static char *find_profdata(const struct toolchain *toolchain)
{
    char *real = toolchain->cc ? path_real(toolchain->cc) : NULL;
    char *folder = real ? path_folder(real) : NULL;
    char *beside = folder ? path_join(folder, "llvm-profdata") : NULL;
    char *found = beside ? process_find(beside, NULL, NULL) : NULL;
    const char *suffix = toolchain->cc_name ? strchr(toolchain->cc_name, '-') : NULL;
    char *versioned = mem_format("llvm-profdata%s", suffix ? suffix : "");

    if (!found)
        found = process_find(versioned, toolchain->path, NULL);
    if (!found)
        found = process_find("llvm-profdata", toolchain->path, NULL);
    free(real);
    free(folder);
    free(beside);
    free(versioned);
    return found;
}

static char *path_without(const char *path, const char *bin)
{
    struct strbuf rest = {0};

    while (path && *path) {
        size_t len = strcspn(path, ":");

        if (len && (len != strlen(bin) || strncmp(path, bin, len) != 0)) {
            if (rest.len)
                strbuf_add_char(&rest, ':');
            strbuf_add(&rest, path, len);
        }
        path += len + (path[len] == ':');
    }
    return rest.data ? rest.data : mem_strdup("");
}

void toolchain_find(struct toolchain *toolchain, const char *path, const char *bin)
{
    toolchain->path = path_without(path, bin);
    if (!try_clangs(toolchain, NEWEST, OLDEST_SUPPORTED) && !try_clang(toolchain, ""))
        try_clangs(toolchain, OLDEST_SUPPORTED - 1, OLDEST);
    toolchain->profdata = find_profdata(toolchain);
}

void toolchain_release(struct toolchain *toolchain)
{
    free(toolchain->path);
    free(toolchain->cc);
    free(toolchain->cxx);
    free(toolchain->cc_name);
    free(toolchain->cxx_name);
    free(toolchain->profdata);
    *toolchain = (struct toolchain){0};
}

static void add(const struct toolchain *toolchain, struct session *session, const char *name)
{
    char *mask = NULL, *program;

    if (session_tool(session, name))
        return;
    program = find(name, toolchain->path, &mask);
    if (program)
        session_add_tool(session, name, program);
    if (program && mask) {
        char *masked = mem_format("%s%s", SESSION_MASKED, name);

        session_add_tool(session, masked, mask);
        free(masked);
    }
    free(program);
    free(mask);
}

/* Where only clang-22 is installed, `make CC=clang` still means that one. */
static void add_unversioned(const struct toolchain *toolchain, struct session *session)
{
    add(toolchain, session, "clang");
    add(toolchain, session, "clang++");
    if (toolchain->cc && !session_tool(session, "clang"))
        session_add_tool(session, "clang", toolchain->cc);
    if (toolchain->cxx && !session_tool(session, "clang++"))
        session_add_tool(session, "clang++", toolchain->cxx);
}

static void list_folder(const struct toolchain *toolchain, struct session *session,
                        const char *folder)
{
    DIR *stream = opendir(folder);
    const struct dirent *entry;

    while (stream && (entry = readdir(stream)))
        if (compiler_is_name(entry->d_name))
            add(toolchain, session, entry->d_name);
    if (stream)
        closedir(stream);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct session_tool *)a)->name, ((const struct session_tool *)b)->name);
}

void toolchain_list(const struct toolchain *toolchain, struct session *session)
{
    static const char *const others[] = {"cc",     "c++",     "c99",    "c89",
                                         "ccache", "sccache", "distcc", "icecc"};

    if (toolchain->cc) { /* they count as not named */
        session_add_tool(session, "cc", toolchain->cc);
        session_add_tool(session, "c99", toolchain->cc);
        session_add_tool(session, "c89", toolchain->cc);
    }
    if (toolchain->cxx)
        session_add_tool(session, "c++", toolchain->cxx);
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        add(toolchain, session, others[i]);
    add_unversioned(toolchain, session);
    for (const char *path = toolchain->path; *path;) {
        size_t len = strcspn(path, ":");
        char *folder = mem_format("%.*s", (int)len, path);

        list_folder(toolchain, session, folder);
        free(folder);
        path += len + (path[len] == ':');
    }
    if (session->tool_count) /* the order in a folder is not the same everywhere */
        qsort(session->tools, session->tool_count, sizeof(*session->tools), compare);
}
