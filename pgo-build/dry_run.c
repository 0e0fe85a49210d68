#include "dry_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "base/path.h"
#include "base/process.h"
#include "command.h"
#include "inject.h"
#include "report_words.h"

/* A word as a shell would need it. */
static void print_word(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "@%+=:,./_-";

    if (*word && word[strspn(word, plain)] == '\0') {
        fputs(word, stdout);
        return;
    }
    putchar('\'');
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*word);
    putchar('\'');
}

static void print_words(const char *label, char *const *words)
{
    printf("%s:", label);
    for (size_t i = 0; words[i]; i++) {
        putchar(' ');
        print_word(words[i]);
    }
    putchar('\n');
}

static void print_profiles(const struct build *build)
{
    if (build->options.mode == PGO_OFF)
        puts("profile: none (-pgo=off)");
    else if (!build->profile_count)
        puts("profile: none (no default.pgo was found)");
    for (size_t i = 0; i < build->profile_count; i++) {
        const struct profile *profile = build->profiles[i];

        struct strbuf facts = {0};

        report_add_provenance(profile, &facts);
        printf("profile: %s", build_shorten(build, profile->source));
        if (profile->path)
            printf(" (%s by %s%s, %" PRIu64 " functions)\n  as: %s\n", profile->kind,
                   profile->by_probe ? "probe" : "line", strbuf_text(&facts), profile->functions,
                   profile->path);
        else
            puts(" (no samples: builds without)");
        strbuf_release(&facts);
    }
}

static void print_compiler(const struct build *build)
{
    const char *ccache = session_tool(&build->session, "ccache");
    bool cached = ccache && !getenv("CCACHE_DISABLE");

    if (build->toolchain.cc)
        printf("compiler: %s (%s), for cc and c++%s%s\n", build->toolchain.cc_name,
               build->clang.version, cached ? ", through " : "", cached ? ccache : "");
    else
        puts("compiler: no clang was found");
}

static void print_environment(const struct build *build)
{
    for (size_t i = 0; i < build->environment.count; i++) {
        const struct environment_variable *variable = &build->environment.items[i];

        if (strcmp(variable->name, "PATH") == 0)
            printf("environment: PATH=%s:$PATH\n", build->state.bin);
        else
            printf("environment: %s=%s\n", variable->name, variable->value);
    }
}

/* A command that is a compiler itself: what the launcher would make of it. */
static void print_compile(const struct build *build, char **words)
{
    const char *tool = session_tool(&build->session, words[0]);
    struct arguments arguments = {0};
    struct inject_decision decision;
    struct inject_flags flags = {0};
    struct compiler compiler;
    struct err err = {0};
    int count = 0;

    if (!tool || !compiler_ask(tool, build->state.folder, &compiler, &err))
        return;
    while (words[count])
        count++;
    arguments_read(&arguments, count, words);
    decision = inject_decide(&arguments, &compiler, build->project.start);
    if (arguments.source_count) {
        char *source = path_absolute(arguments.sources[0]);
        struct inject_choice choice;

        inject_choose(decision.shape, source, &build->session.selection, &choice, &arguments.arena);
        inject_spell(&flags, decision.shape, choice.given, &build->session.selection,
                     &arguments.arena);
        free(source);
    }
    flags.items[flags.count] = NULL;
    print_words("added", (char *const *)flags.items);
    arguments_release(&arguments);
}

void dry_run_print(const struct build *build)
{
    struct arena arena = {0};
    char **words = command_words(build, &arena);

    print_profiles(build);
    printf("probes: %s\n", probes_mode_name(build->options.probes));
    print_compiler(build);
    print_environment(build);
    if (build->objects.stale)
        printf("rebuild: %zu of %zu known objects\n", build->objects.stale, build->objects.known);
    print_words("command", words);
    print_compile(build, words);
    arena_release(&arena);
}
