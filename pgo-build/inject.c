#include "inject.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"

enum { OLDEST_PROVEN = 19, NEWEST_PROVEN = 22 }; /* tests/e2e/slices-*.sh */

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
    [INJECT_NO_PROBES] = "no-probes",
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
    static const char null[] = "/dev/null";
    const char *output = arguments->output;

    if (is_trial_place(folder) || (output && is_trial_place(output)) ||
        (output && (strcmp(output, null) == 0 || strcmp(path_base(output), "conftest") == 0)))
        return true;
    for (size_t i = 0; i < arguments->source_count; i++)
        if (is_trial_place(arguments->sources[i]) || strcmp(arguments->sources[i], null) == 0)
            return true;
    return false;
}

/* Does a source's name hold where the project lies? */
static bool has_absolute_source(const struct arguments *arguments)
{
    for (size_t i = 0; i < arguments->source_count; i++)
        if (arguments->sources[i][0] == '/')
            return true;
    return false;
}

/* Standard input and the like: gone once it is read, and nobody's file of a name. */
static bool is_stream(const char *source)
{
    return strcmp(source, "-") == 0 || path_is_below(source, "/dev") ||
           path_is_below(source, "/proc");
}

/*
 * A command has one profile: the slice of one file does for no other, and none for a link with LTO,
 * which makes the code of all. Nor where what the slice lacks could not be mended after the compile
 * (moved.h): in assembly and bitcode nobody looks for it, and a stream cannot be read again. That
 * slices give the same objects is proven for some compilers.
 */
static unsigned slice_shape(const struct arguments *arguments, const struct compiler *compiler)
{
    unsigned major = compiler_major(compiler);

    if (arguments->source_count != 1 || is_stream(arguments->sources[0]) ||
        arguments->to_assembly || arguments->to_bitcode ||
        (arguments->phase != ARGUMENTS_COMPILE && arguments->lto))
        return 0;
    return INJECT_TAKES_SLICE |
           (major >= OLDEST_PROVEN && major <= NEWEST_PROVEN ? INJECT_PROVEN_SLICE : 0);
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
    if (arguments->own_probes && arguments->probes)
        decision.shape |= INJECT_HAS_PROBES;
    if (arguments->own_profile) {
        decision.verdict = INJECT_OWN_PROFILE;
        return decision;
    }
    decision.shape |= INJECT_TAKES_PROFILE | slice_shape(arguments, compiler);
    if (compiler->reports_staleness)
        decision.shape |= INJECT_TAKES_STALENESS;
    if (compiler->inlines_plainly)
        decision.shape |= INJECT_TAKES_INLINING;
    if (!arguments->own_placement && compiler->places_blocks)
        decision.shape |= INJECT_TAKES_PLACEMENT;
    if (arguments->own_probes || !compiler_takes_probes(compiler, arguments->target))
        return decision;
    decision.shape |= INJECT_TAKES_PROBES;
    if (!arguments->own_macro_map && has_absolute_source(arguments))
        decision.shape |= INJECT_TAKES_MACRO_MAP;
    return decision;
}

/*
 * At the link the profile is of use to LTO alone, whose code is made there. Probes are in its
 * input already, from the compiles: no linker needs a flag for them.
 */
static struct inject_decision decide_link(const struct arguments *arguments,
                                          const struct compiler *compiler)
{
    struct inject_decision decision = {.verdict = INJECT_LINK};

    if (!arguments->lto || arguments->own_profile)
        return decision;
    decision.shape = INJECT_TAKES_PROFILE;
    if (arguments->own_probes ? arguments->probes
                              : compiler_takes_probes(compiler, arguments->target))
        decision.shape |= INJECT_HAS_PROBES;
    return decision;
}

struct inject_decision inject_decide(const struct arguments *arguments,
                                     const struct compiler *compiler, const char *folder)
{
    struct inject_decision decision = {.verdict = INJECT_OTHER};
    bool links = arguments->phase == ARGUMENTS_LINK || arguments->phase == ARGUMENTS_COMPILE_LINK;

    if (arguments->phase == ARGUMENTS_OTHER || arguments_are_headers(arguments))
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
        decision = decide_link(arguments, compiler);
    if (links && arguments->lto && (decision.shape & INJECT_TAKES_PROFILE) &&
        !arguments->own_placement && compiler->places_blocks)
        decision.shape |= INJECT_TAKES_LTO_PLACEMENT;
    if (links && !arguments->build_id && !arguments->relocatable && !arguments->nostdlib)
        decision.shape |= INJECT_TAKES_BUILD_ID;
    return decision;
}

static bool is_fit(unsigned shape, const struct selection_profile *profile)
{
    const unsigned with_probes = INJECT_TAKES_PROBES | INJECT_HAS_PROBES;

    return !profile->by_probe || (shape & with_probes);
}

bool inject_probes(unsigned shape, const struct selection_profile *profile,
                   const struct selection *selection)
{
    return (shape & INJECT_HAS_PROBES) ||
           ((shape & INJECT_TAKES_PROBES) && selection_wants_probes(selection, profile));
}

enum inject_verdict inject_settle(const struct inject_decision *decision,
                                  const struct selection_profile *profile)
{
    if (decision->verdict == INJECT_PROFILE && profile && profile->path &&
        !is_fit(decision->shape, profile))
        return INJECT_NO_PROBES;
    return decision->verdict;
}

void inject_choose(unsigned shape, const char *source, const struct selection *selection,
                   struct inject_choice *choice, struct arena *arena)
{
    const unsigned needed = selection->slices == SLICES_ON
                                ? INJECT_TAKES_SLICE
                                : INJECT_TAKES_SLICE | INJECT_PROVEN_SLICE;
    const struct selection_profile *whole = selection_find(selection, source);
    struct slice slice;

    *choice = (struct inject_choice){.whole = whole, .given = whole};
    if (!whole || !whole->path || selection->slices == SLICES_OFF || (shape & needed) != needed ||
        !selection_slice(selection, whole, source, &slice, arena))
        return;
    choice->sliced = *whole;
    choice->sliced.path = slice.path;
    choice->given = &choice->sliced;
    choice->is_apart = slice.is_apart;
}

static void add(struct inject_flags *flags, const char *flag)
{
    assert(flags->count < ARRAY_SIZE(flags->items));
    flags->items[flags->count++] = flag;
}

/* An option of LLVM, not of clang. */
static void add_llvm(struct inject_flags *flags, const char *option)
{
    add(flags, "-mllvm");
    add(flags, option);
}

/* What makes the result ready to be profiled. */
static void spell_ready(struct inject_flags *flags, unsigned shape, const char *root, bool probes,
                        struct arena *arena)
{
    bool can_map = !strchr(root, '='); /* a map is split at the first '=' */

    if (shape & INJECT_TAKES_LINES)
        add(flags, "-fdebug-info-for-profiling");
    if (shape & INJECT_TAKES_G1)
        add(flags, "-g1");
    if ((shape & INJECT_TAKES_G1) && can_map)
        add(flags, arena_format(arena, "-fdebug-prefix-map=%s=.", root));
    if (!(shape & INJECT_TAKES_PROBES) || !probes)
        return;
    add(flags, "-fpseudo-probe-for-profiling");
    /*
     * With probes a static function is called NAME.__uniq.HASH, of its source's path on the command
     * line as __FILE__ has it. CMake's are absolute: another checkout would know none of them.
     */
    if ((shape & INJECT_TAKES_MACRO_MAP) && can_map)
        add(flags, arena_format(arena, "-fmacro-prefix-map=%s=.", root));
}

static void spell_use(struct inject_flags *flags, unsigned shape,
                      const struct selection_profile *profile, struct arena *arena)
{
    add(flags, arena_format(arena, "-fprofile-sample-use=%s", profile->path));
    if (shape & INJECT_TAKES_LINES) /* a function without lines is no error of the user */
        add(flags, "-Wno-backend-plugin");
    if (shape & INJECT_TAKES_STALENESS)
        add_llvm(flags, COMPILER_REPORT_STALENESS);
    /*
     * By probe LLVM chooses the ext-TSP order of blocks by itself. By line it takes asking: exact
     * counts of SQLite then bring 93% of the instrumented gain instead of 88%. Every linker's LTO
     * takes this spelling.
     */
    if (!profile->by_probe && (shape & INJECT_TAKES_PLACEMENT))
        add_llvm(flags, COMPILER_PLACE_BLOCKS);
    if (!profile->by_probe && (shape & INJECT_TAKES_LTO_PLACEMENT))
        add(flags, "-Wl,-plugin-opt=" COMPILER_PLACE_BLOCKS);
}

void inject_spell(struct inject_flags *flags, unsigned shape,
                  const struct selection_profile *profile, const struct selection *selection,
                  struct arena *arena)
{
    bool probes = selection_wants_probes(selection, profile);

    flags->count = 0;
    flags->profile =
        profile && profile->path && (shape & INJECT_TAKES_PROFILE) && is_fit(shape, profile);
    spell_ready(flags, shape, selection->root, probes, arena);
    if (flags->profile)
        spell_use(flags, shape, profile, arena);
    /*
     * -fdebug-info-for-profiling also makes LLVM defer inlining, as with a profile: SQLite's code
     * grew by 5% and ran 1.3 to 1.9% slower. Without a profile the code shall be that of plain -O2.
     */
    else if (shape & INJECT_TAKES_INLINING)
        add_llvm(flags, COMPILER_PLAIN_INLINING);
    if (shape & INJECT_TAKES_BUILD_ID)
        add(flags, "-Wl,--build-id");
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
