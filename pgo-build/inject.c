#include "inject.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"

static const char *const verdict_names[] = {
    [INJECT_PROFILE] = "profile",
    [INJECT_OTHER] = "other",
    [INJECT_LINK] = "link",
    [INJECT_ASSEMBLY] = "assembly",
    [INJECT_UNOPTIMIZED] = "unoptimized",
    [INJECT_OWN_PROFILE] = "own-profile",
    [INJECT_TRIAL] = "trial",
    [INJECT_GCC] = "gcc",
    [INJECT_UNKNOWN_COMPILER] = "unknown-compiler",
    [INJECT_UNDER_CACHE] = "under-cache",
};

const char *inject_verdict_name(enum inject_verdict verdict)
{
    return verdict_names[verdict];
}

bool inject_verdict_parse(const char *name, enum inject_verdict *verdict)
{
    for (size_t i = 0; i < ARRAY_SIZE(verdict_names); i++)
        if (strcmp(name, verdict_names[i]) == 0) {
            *verdict = (enum inject_verdict)i;
            return true;
        }
    return false;
}

/* Where build systems try the compiler out; a trial's answer must not depend on us. */
static bool is_trial_place(const char *path)
{
    static const char *const places[] = {"CMakeFiles/CMakeScratch", "CMakeFiles/CMakeTmp",
                                         "/CompilerIdC", "/meson-private"};

    for (size_t i = 0; i < ARRAY_SIZE(places); i++)
        if (strstr(path, places[i]))
            return true;
    return strncmp(path_base(path), "conftest.", strlen("conftest.")) == 0 ||
           strncmp(path_base(path), "CMakeCCompilerId", strlen("CMakeCCompilerId")) == 0 ||
           strncmp(path_base(path), "CMakeCXXCompilerId", strlen("CMakeCXXCompilerId")) == 0;
}

static bool is_trial(const struct arguments *arguments, const char *folder)
{
    const char *output = arguments->output;

    if (is_trial_place(folder) || (output && is_trial_place(output)) ||
        (output &&
         (strcmp(output, "/dev/null") == 0 || strcmp(path_base(output), "conftest") == 0)))
        return true;
    for (size_t i = 0; i < arguments->source_count; i++)
        if (is_trial_place(arguments->sources[i]))
            return true;
    return arguments->has_stdin && !arguments->source_count;
}

/* The compile's part of the shape. */
static struct inject_decision decide_compile(const struct arguments *arguments,
                                             const struct compiler *compiler)
{
    struct inject_decision decision = {.verdict = INJECT_PROFILE};

    if (arguments->assembly_count == arguments->source_count) {
        decision.verdict = INJECT_ASSEMBLY;
        return decision;
    }
    if (!arguments->optimized) {
        decision.verdict = INJECT_UNOPTIMIZED;
        return decision;
    }
    decision.shape = INJECT_TAKES_LINES;
    if (!arguments->debug_lines)
        decision.shape |= INJECT_TAKES_G1;
    if (arguments->own_profile)
        decision.verdict = INJECT_OWN_PROFILE;
    else
        decision.shape |= INJECT_TAKES_PROFILE;
    if (!arguments->own_profile && compiler->reports_staleness)
        decision.shape |= INJECT_TAKES_STALENESS;
    if (!arguments->own_profile && compiler->inlines_plainly)
        decision.shape |= INJECT_TAKES_INLINING;
    return decision;
}

/* At the link the profile is of use to LTO alone, whose code is made there. */
static struct inject_decision decide_link(const struct arguments *arguments)
{
    struct inject_decision decision = {.verdict = INJECT_LINK};

    if (arguments->lto && !arguments->own_profile)
        decision.shape = INJECT_TAKES_PROFILE;
    return decision;
}

struct inject_decision inject_decide(const struct arguments *arguments,
                                     const struct compiler *compiler, const char *folder)
{
    struct inject_decision decision = {.verdict = INJECT_OTHER};
    bool links = arguments->phase == ARGUMENTS_LINK || arguments->phase == ARGUMENTS_COMPILE_LINK;

    if (arguments->phase == ARGUMENTS_OTHER)
        return decision;
    if (is_trial(arguments, folder)) {
        decision.verdict = INJECT_TRIAL;
        return decision;
    }
    if (compiler->kind != COMPILER_CLANG) {
        if (arguments->source_count)
            decision.verdict =
                compiler->kind == COMPILER_GCC ? INJECT_GCC : INJECT_UNKNOWN_COMPILER;
        return decision;
    }
    if (arguments->source_count)
        decision = decide_compile(arguments, compiler);
    else if (arguments->phase == ARGUMENTS_LINK)
        decision = decide_link(arguments);
    if (links && !arguments->build_id && !arguments->relocatable && !arguments->nostdlib)
        decision.shape |= INJECT_TAKES_BUILD_ID;
    return decision;
}

void inject_spell(struct inject_flags *flags, unsigned shape, const char *profile, const char *root,
                  struct arena *arena)
{
    bool use = profile && (shape & INJECT_TAKES_PROFILE);

    flags->count = 0;
    if (shape & INJECT_TAKES_LINES)
        flags->items[flags->count++] = "-fdebug-info-for-profiling";
    if (shape & INJECT_TAKES_G1)
        flags->items[flags->count++] = "-g1";
    if ((shape & INJECT_TAKES_G1) && !strchr(root, '=')) /* it splits at the first '=' */
        flags->items[flags->count++] = arena_format(arena, "-fdebug-prefix-map=%s=.", root);
    if (use)
        flags->items[flags->count++] = arena_format(arena, "-fprofile-sample-use=%s", profile);
    if (use && (shape & INJECT_TAKES_LINES)) /* a function without lines is no error of the user */
        flags->items[flags->count++] = "-Wno-backend-plugin";
    if (use && (shape & INJECT_TAKES_STALENESS)) {
        flags->items[flags->count++] = "-mllvm";
        flags->items[flags->count++] = COMPILER_REPORT_STALENESS;
    }
    /*
     * -fdebug-info-for-profiling also makes LLVM defer inlining, as with a profile: SQLite's code
     * grew by 5% and ran 1.3 to 1.9% slower. Without a profile the code shall be that of plain -O2.
     */
    if (!profile && (shape & INJECT_TAKES_INLINING)) {
        flags->items[flags->count++] = "-mllvm";
        flags->items[flags->count++] = COMPILER_PLAIN_INLINING;
    }
    if (shape & INJECT_TAKES_BUILD_ID)
        flags->items[flags->count++] = "-Wl,--build-id";
}

struct content_name inject_key(const char *compiler_path, const struct inject_flags *flags)
{
    struct strbuf text = {0};
    struct content_name name;

    strbuf_add_text(&text, compiler_path);
    for (size_t i = 0; i < flags->count; i++)
        strbuf_add_format(&text, "\n%s", flags->items[i]);
    name = content_name(text.data, text.len);
    strbuf_release(&text);
    return name;
}
