#include "arguments.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "input.h"
#include "words.h"

enum action {
    SKIP_NEXT, /* takes the next word, which is none of our business */
    SKIP,      /* looks like one below, and is not */
    OUTPUT,
    LANGUAGE,
    NOT_A_BUILD, /* no object comes out of it */
    TO_OBJECT,
    TO_ASSEMBLY,
    TO_BITCODE, /* with one of the two above */
    OPTIMIZE,
    NO_OPTIMIZE,
    DEBUG,
    NO_DEBUG,
    PROFILE,
    PROBES,
    NO_PROBES,
    MACRO_MAP,
    LTO,
    NO_LTO,
    LLVM,
    LINKER,
    BUILD_ID,
    RELOCATABLE,
    NOSTDLIB,
    COLOUR,
    STANDARD,
};

enum match { WHOLE, PREFIX };

/* The first entry that matches a word counts, so exceptions stand before their rule. */
static const struct option {
    const char *text;
    enum match match;
    enum action action;
} table[] = {
    /* the phase */
    {"-c", WHOLE, TO_OBJECT},
    {"-S", WHOLE, TO_ASSEMBLY},
    {"-emit-llvm", WHOLE, TO_BITCODE},
    {"-E", WHOLE, NOT_A_BUILD},
    {"-M", WHOLE, NOT_A_BUILD},
    {"-MM", WHOLE, NOT_A_BUILD},
    {"-fsyntax-only", WHOLE, NOT_A_BUILD},
    {"-###", WHOLE, NOT_A_BUILD},
    {"-cc1", PREFIX, NOT_A_BUILD},
    {"--version", WHOLE, NOT_A_BUILD},
    {"--help", PREFIX, NOT_A_BUILD},
    {"--analyze", PREFIX, NOT_A_BUILD},
    {"--precompile", WHOLE, TO_OBJECT},
    {"-dump", PREFIX, NOT_A_BUILD},
    {"-print-", PREFIX, NOT_A_BUILD},
    {"--print-", PREFIX, NOT_A_BUILD},
    {"-verify-pch", WHOLE, NOT_A_BUILD},
    /* files and languages */
    {"-o", WHOLE, OUTPUT},
    {"--output", WHOLE, OUTPUT},
    {"--output=", PREFIX, OUTPUT},
    {"-objc", PREFIX, SKIP},
    {"-o", PREFIX, OUTPUT},
    {"-x", WHOLE, LANGUAGE},
    {"-x", PREFIX, LANGUAGE},
    /* optimization */
    {"-ObjC", PREFIX, SKIP},
    {"-O0", WHOLE, NO_OPTIMIZE},
    {"-O", PREFIX, OPTIMIZE},
    /* debug information */
    {"-g0", WHOLE, NO_DEBUG},
    {"-ggdb0", WHOLE, NO_DEBUG},
    {"-gline-directives-only", WHOLE, NO_DEBUG}, /* knows no inlining: -g1 goes on top */
    {"-g", WHOLE, DEBUG},
    {"-g1", WHOLE, DEBUG},
    {"-g2", WHOLE, DEBUG},
    {"-g3", WHOLE, DEBUG},
    {"-ggdb", PREFIX, DEBUG},
    {"-glldb", WHOLE, DEBUG},
    {"-gsce", WHOLE, DEBUG},
    {"-gmlt", WHOLE, DEBUG},
    {"-gfull", WHOLE, DEBUG},
    {"-gline-tables-only", WHOLE, DEBUG},
    {"-gdwarf32", WHOLE, SKIP},
    {"-gdwarf64", WHOLE, SKIP},
    {"-gdwarf", PREFIX, DEBUG},
    /* profiles: whatever the user says about them wins */
    {"-fprofile-use", PREFIX, PROFILE},
    {"-fprofile-sample-use", PREFIX, PROFILE},
    {"-fno-profile-sample-use", WHOLE, PROFILE},
    {"-fprofile-generate", PREFIX, PROFILE},
    {"-fcs-profile-generate", PREFIX, PROFILE},
    {"-fprofile-instr", PREFIX, PROFILE},
    {"-fno-profile-instr-use", WHOLE, PROFILE},
    {"-fauto-profile", PREFIX, PROFILE},
    {"-fno-auto-profile", WHOLE, PROFILE},
    {"-fcoverage-mapping", WHOLE, PROFILE},
    {"-fprofile-arcs", WHOLE, PROFILE},
    {"--coverage", WHOLE, PROFILE},
    {"-coverage", WHOLE, PROFILE},
    {"-fpseudo-probe-for-profiling", WHOLE, PROBES},
    {"-fno-pseudo-probe-for-profiling", WHOLE, NO_PROBES},
    {"-fmacro-prefix-map=", PREFIX, MACRO_MAP},
    {"-ffile-prefix-map=", PREFIX, MACRO_MAP},
    /* the link */
    {"-flto-", PREFIX, SKIP},
    {"-flto", PREFIX, LTO},
    {"-fno-lto", WHOLE, NO_LTO},
    {"-Wl,", PREFIX, LINKER},
    {"-Xlinker", WHOLE, LINKER},
    {"--build-id", PREFIX, BUILD_ID},
    {"-r", WHOLE, RELOCATABLE},
    {"-nostdlib", WHOLE, NOSTDLIB},
    /* the rest that we look at */
    {"-fcolor-diagnostics", WHOLE, COLOUR},
    {"-fno-color-diagnostics", WHOLE, COLOUR},
    {"-fdiagnostics-color", PREFIX, COLOUR},
    {"-fno-diagnostics-color", WHOLE, COLOUR},
    {"-std=", PREFIX, STANDARD},
    {"--std=", PREFIX, STANDARD},
    {"-ansi", WHOLE, STANDARD},
    /* options whose argument is the next word */
    {"-I", WHOLE, SKIP_NEXT},
    {"-D", WHOLE, SKIP_NEXT},
    {"-U", WHOLE, SKIP_NEXT},
    {"-L", WHOLE, SKIP_NEXT},
    {"-l", WHOLE, SKIP_NEXT},
    {"-F", WHOLE, SKIP_NEXT},
    {"-A", WHOLE, SKIP_NEXT},
    {"-B", WHOLE, SKIP_NEXT},
    {"-T", WHOLE, SKIP_NEXT},
    {"-e", WHOLE, SKIP_NEXT},
    {"-u", WHOLE, SKIP_NEXT},
    {"-z", WHOLE, SKIP_NEXT},
    {"-MF", WHOLE, SKIP_NEXT},
    {"-MT", WHOLE, SKIP_NEXT},
    {"-MQ", WHOLE, SKIP_NEXT},
    {"-MJ", WHOLE, SKIP_NEXT},
    {"-include", WHOLE, SKIP_NEXT},
    {"-include-pch", WHOLE, SKIP_NEXT},
    {"-imacros", WHOLE, SKIP_NEXT},
    {"-isystem", WHOLE, SKIP_NEXT},
    {"-isystem-after", WHOLE, SKIP_NEXT},
    {"-cxx-isystem", WHOLE, SKIP_NEXT},
    {"-stdlib++-isystem", WHOLE, SKIP_NEXT},
    {"-iquote", WHOLE, SKIP_NEXT},
    {"-idirafter", WHOLE, SKIP_NEXT},
    {"-iprefix", WHOLE, SKIP_NEXT},
    {"-iwithprefix", WHOLE, SKIP_NEXT},
    {"-iwithprefixbefore", WHOLE, SKIP_NEXT},
    {"-iwithsysroot", WHOLE, SKIP_NEXT},
    {"-iframework", WHOLE, SKIP_NEXT},
    {"-isysroot", WHOLE, SKIP_NEXT},
    {"-ivfsoverlay", WHOLE, SKIP_NEXT},
    {"--sysroot", WHOLE, SKIP_NEXT},
    {"-Xclang", WHOLE, SKIP_NEXT},
    {"-Xassembler", WHOLE, SKIP_NEXT},
    {"-Xpreprocessor", WHOLE, SKIP_NEXT},
    {"-Xanalyzer", WHOLE, SKIP_NEXT},
    {"-Xarch_", PREFIX, SKIP_NEXT},
    {"-Xopenmp-target", PREFIX, SKIP_NEXT},
    {"-mllvm", WHOLE, LLVM},
    {"-mthread-model", WHOLE, SKIP_NEXT},
    {"-target", WHOLE, SKIP_NEXT},
    {"--target", WHOLE, SKIP_NEXT},
    {"-arch", WHOLE, SKIP_NEXT},
    {"-gcc-toolchain", WHOLE, SKIP_NEXT},
    {"--gcc-toolchain", WHOLE, SKIP_NEXT},
    {"-framework", WHOLE, SKIP_NEXT},
    {"-rpath", WHOLE, SKIP_NEXT},
    {"-resource-dir", WHOLE, SKIP_NEXT},
    {"-working-directory", WHOLE, SKIP_NEXT},
    {"-dependency-file", WHOLE, SKIP_NEXT},
    {"-serialize-diagnostics", WHOLE, SKIP_NEXT},
    {"--serialize-diagnostics", WHOLE, SKIP_NEXT},
    {"--param", WHOLE, SKIP_NEXT},
    {"--config", WHOLE, SKIP_NEXT},
    {"-aux-info", WHOLE, SKIP_NEXT},
    {"-specs", WHOLE, SKIP_NEXT},
    {"-wrapper", WHOLE, SKIP_NEXT},
};

static const struct option *find_option(const char *word)
{
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const struct option *option = &table[i];

        if (option->match == WHOLE ? strcmp(word, option->text) == 0
                                   : strncmp(word, option->text, strlen(option->text)) == 0)
            return option;
    }
    return NULL;
}

static void add_input(struct arguments *arguments, const char *word, const char *language)
{
    enum input_kind kind = input_kind(word, language);

    if (strcmp(word, "-") == 0) {
        arguments->has_stdin = true;
        arguments->other_inputs++;
    } else if (kind == INPUT_OTHER) {
        arguments->other_inputs++;
    } else {
        *ARRAY_PUSH(arguments->sources, arguments->source_count, arguments->source_capacity) = word;
        arguments->assembly_count += kind == INPUT_ASSEMBLY;
    }
}

/* An option of LLVM: it can be given once with clang 14, and the last one counts with newer ones.
 */
static void read_llvm_words(struct arguments *arguments, const char *words)
{
    if (strstr(words, "-enable-ext-tsp-block-placement"))
        arguments->own_placement = true;
}

/* What the linker is told: -Wl,A,B or the argument of -Xlinker. */
static void read_linker_words(struct arguments *arguments, const char *words)
{
    read_llvm_words(arguments, words); /* after its own -mllvm or -plugin-opt= */
    if (strstr(words, "--build-id"))
        arguments->build_id = true;
    if (strncmp(words, "-r,", 3) == 0 || strcmp(words, "-r") == 0 ||
        strncmp(words, "--relocatable", 13) == 0)
        arguments->relocatable = true;
}

/* Options that say something by being there. */
static void apply_flag(struct arguments *arguments, enum action action)
{
    switch (action) {
    case OPTIMIZE:
    case NO_OPTIMIZE:
        arguments->optimized = action == OPTIMIZE;
        break;
    case DEBUG:
    case NO_DEBUG:
        arguments->debug_lines = action == DEBUG;
        break;
    case LTO:
    case NO_LTO:
        arguments->lto = action == LTO;
        break;
    case PROFILE:
        arguments->own_profile = true;
        break;
    case PROBES:
    case NO_PROBES:
        arguments->own_probes = true;
        arguments->probes = action == PROBES;
        break;
    case MACRO_MAP:
        arguments->own_macro_map = true;
        break;
    case BUILD_ID:
        arguments->build_id = true;
        break;
    case RELOCATABLE:
        arguments->relocatable = true;
        break;
    case NOSTDLIB:
        arguments->nostdlib = true;
        break;
    case COLOUR:
        arguments->colour = true;
        break;
    case TO_BITCODE:
        arguments->to_bitcode = true;
        break;
    case STANDARD:
        arguments->standard = true;
        break;
    default:
        break;
    }
}

/* The walk over the words. */
struct walk {
    const char *language;
    bool to_object, not_for_us;
};

/* Options with an argument, which is in the word after the option's name or in the next one. */
static size_t apply_option(struct arguments *arguments, struct walk *walk,
                           const struct option *option, const char *word, const char *next)
{
    const char *value = option->match == PREFIX ? word + strlen(option->text) : next;
    size_t taken = option->match == PREFIX ? 0 : 1;

    switch (option->action) {
    case OUTPUT:
        arguments->output = value;
        return taken;
    case LANGUAGE:
        walk->language = value;
        return taken;
    case LINKER:
        if (value)
            read_linker_words(arguments, value);
        return taken;
    case LLVM:
        if (value)
            read_llvm_words(arguments, value);
        return 1;
    case SKIP_NEXT:
        return 1;
    case NOT_A_BUILD:
        walk->not_for_us = true;
        return 0;
    case TO_OBJECT:
    case TO_ASSEMBLY:
        walk->to_object = true;
        arguments->to_assembly = option->action == TO_ASSEMBLY;
        return 0;
    default:
        apply_flag(arguments, option->action);
        return 0;
    }
}

static void read_words(struct arguments *arguments, struct walk *walk, const struct words *words)
{
    for (size_t i = 1; i < words->count; i++) {
        const char *word = words->items[i];
        const struct option *option;

        if (strcmp(word, "--") == 0) {
            arguments->end_marker = words->origins[i];
            while (++i < words->count)
                add_input(arguments, words->items[i], walk->language);
            return;
        }
        if (word[0] == '@') /* a response file that cannot be looked into */
            walk->not_for_us = true;
        if (word[0] != '-' || word[1] == '\0') {
            add_input(arguments, word, walk->language);
            continue;
        }
        option = find_option(word);
        if (option)
            i += apply_option(arguments, walk, option, word,
                              i + 1 < words->count ? words->items[i + 1] : NULL);
        if (i >= words->count) /* it would take what we add for its argument */
            walk->not_for_us = true;
    }
}

void arguments_read(struct arguments *arguments, int argc, char **argv)
{
    struct words words = {0};
    struct walk walk = {0};

    arguments->end_marker = argc;
    words_read(&words, &arguments->arena, argc, argv);
    read_words(arguments, &walk, &words);
    if (walk.not_for_us || (!arguments->source_count && !arguments->other_inputs))
        arguments->phase = ARGUMENTS_OTHER;
    else if (walk.to_object)
        arguments->phase = ARGUMENTS_COMPILE;
    else
        arguments->phase = arguments->source_count ? ARGUMENTS_COMPILE_LINK : ARGUMENTS_LINK;
    words_release(&words);
}

void arguments_release(struct arguments *arguments)
{
    free(arguments->sources);
    arena_release(&arguments->arena);
    *arguments = (struct arguments){0};
}

char *arguments_output(const struct arguments *arguments, size_t i)
{
    static const char *const endings[2][2] = {{"o", "s"}, {"bc", "ll"}};
    const char *base, *dot;
    char *name, *path;

    if (arguments->output)
        return path_absolute(arguments->output);
    if (arguments->phase != ARGUMENTS_COMPILE)
        return path_absolute("a.out");
    base = path_base(arguments->sources[i]);
    dot = strrchr(base, '.');
    name = mem_format("%.*s.%s", dot ? (int)(dot - base) : (int)strlen(base), base,
                      endings[arguments->to_bitcode][arguments->to_assembly]);
    path = path_absolute(name);
    free(name);
    return path;
}
