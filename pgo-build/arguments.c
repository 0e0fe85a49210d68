#include "arguments.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "input.h"
#include "vocabulary.h"
#include "words.h"

static void add_input(struct arguments *arguments, const char *word, const char *language)
{
    enum input_kind kind = input_kind(word, language);

    if (kind == INPUT_OTHER) {
        *ARRAY_PUSH(arguments->other_inputs, arguments->other_input_count,
                    arguments->other_input_capacity) = word;
        return;
    }
    *ARRAY_PUSH(arguments->sources, arguments->source_count, arguments->source_capacity) = word;
    arguments->assembly_count += kind == INPUT_ASSEMBLY;
    arguments->header_count += kind == INPUT_HEADER;
}

/* An option of WORD_LLVM: it can be given once with clang 14, and the last one counts with newer
 * ones.
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
    if (strncmp(words, "-T", 2) == 0 || strstr(words, ",-T") || strstr(words, "-script") ||
        strstr(words, "-oformat") || strstr(words, "-orphan-handling"))
        arguments->own_layout = true;
}

/* Options that say something by being there. */
static void apply_flag(struct arguments *arguments, enum word_action action)
{
    switch (action) {
    case WORD_OPTIMIZE:
    case WORD_NO_OPTIMIZE:
        arguments->optimized = action == WORD_OPTIMIZE;
        break;
    case WORD_DEBUG:
    case WORD_NO_DEBUG:
        arguments->debug_lines = action == WORD_DEBUG;
        break;
    case WORD_LTO:
    case WORD_NO_LTO:
        arguments->lto = action == WORD_LTO;
        break;
    case WORD_PROFILE:
        arguments->own_profile = true;
        break;
    case WORD_PROBES:
    case WORD_NO_PROBES:
        arguments->own_probes = true;
        arguments->probes = action == WORD_PROBES;
        break;
    case WORD_MACRO_MAP:
        arguments->own_macro_map = true;
        break;
    case WORD_BUILD_ID:
        arguments->build_id = true;
        break;
    case WORD_RELOCATABLE:
        arguments->relocatable = true;
        break;
    case WORD_OTHER_MACHINE:
        arguments->other_machine = true;
        break;
    case WORD_NOSTDLIB:
        arguments->nostdlib = true;
        break;
    case WORD_COLOUR:
        arguments->colour = true;
        break;
    case WORD_TO_BITCODE:
        arguments->to_bitcode = true;
        break;
    case WORD_STANDARD:
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
                           const struct vocabulary_word *option, const char *word, const char *next)
{
    const char *value = option->match == WORD_PREFIX ? word + strlen(option->text) : next;
    size_t taken = option->match == WORD_PREFIX ? 0 : 1;

    switch (option->action) {
    case WORD_OUTPUT:
        arguments->output = value;
        return taken;
    case WORD_TARGET:
        arguments->target = value;
        return taken;
    case WORD_LANGUAGE:
        walk->language = value;
        return taken;
    case WORD_LINKER:
        if (value)
            read_linker_words(arguments, value);
        return taken;
    case WORD_LLVM:
        if (value)
            read_llvm_words(arguments, value);
        return 1;
    case WORD_LAYOUT:
        arguments->own_layout = true;
        return taken;
    case WORD_SKIP_NEXT:
        return 1;
    case WORD_NOT_A_BUILD:
        walk->not_for_us = true;
        return 0;
    case WORD_TO_OBJECT:
    case WORD_TO_ASSEMBLY:
        walk->to_object = true;
        arguments->to_assembly = option->action == WORD_TO_ASSEMBLY;
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
        const struct vocabulary_word *option;

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
        option = vocabulary_find(word);
        if (option)
            i += apply_option(arguments, walk, option, word,
                              i + 1 < words->count ? words->items[i + 1] : NULL);
        if (i >= words->count) /* it would take what we add for its argument */
            walk->not_for_us = true;
    }
}

bool arguments_are_headers(const struct arguments *arguments)
{
    return arguments->source_count && arguments->header_count == arguments->source_count;
}

void arguments_read(struct arguments *arguments, int argc, char **argv)
{
    struct words words = {0};
    struct walk walk = {0};

    arguments->end_marker = argc;
    words_read(&words, &arguments->arena, argc, argv);
    read_words(arguments, &walk, &words);
    if (walk.not_for_us || (!arguments->source_count && !arguments->other_input_count))
        arguments->phase = ARGUMENTS_OTHER;
    else if (walk.to_object || arguments_are_headers(arguments))
        arguments->phase = ARGUMENTS_COMPILE;
    else
        arguments->phase = arguments->source_count ? ARGUMENTS_COMPILE_LINK : ARGUMENTS_LINK;
    words_release(&words);
}

void arguments_release(struct arguments *arguments)
{
    free(arguments->sources);
    free(arguments->other_inputs);
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
