/* What a command line asks for, and what is injected into it: one table, a line a command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../pgo-build/inject.h"
#include "base/file.h"
#include "base/path.h"

enum { MAX_WORDS = 16 };

struct expectation {
    const char *line; /* words separated by one space */
    enum arguments_phase phase;
    size_t sources;
    enum inject_verdict verdict;
    unsigned shape;
};

enum {
    LINES = INJECT_TAKES_LINES,
    G1 = INJECT_TAKES_G1,
    FULL_BUT_PROBES = INJECT_TAKES_PROFILE | INJECT_TAKES_LINES | INJECT_TAKES_STALENESS,
    FULL = FULL_BUT_PROBES | INJECT_TAKES_PROBES,
    ID = INJECT_TAKES_BUILD_ID,
};

static const struct expectation by_clang[] = {
    {"clang -O2 -c a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL | G1},
    {"clang -c -O2 -g a.c -o b.o", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL},
    {"clang -O2 -g -g0 -c a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL | G1},
    {"clang -O2 -gz -gsplit-dwarf -c a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL | G1},
    {"clang -O2 -gdwarf-4 -c a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL},
    {"clang -O2 -gdwarf64 -c a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL | G1},
    {"clang -Os -S a.cc", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL | G1},
    {"clang -Og -c a.i", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL | G1},
    {"clang -O -c a.C", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL | G1},
    {"clang -O2 -O0 -c a.c", ARGUMENTS_COMPILE, 1, INJECT_UNOPTIMIZED, 0},
    {"clang -O0 -O3 -c a.c b.c", ARGUMENTS_COMPILE, 2, INJECT_PROFILE, FULL | G1},
    {"clang -c a.c", ARGUMENTS_COMPILE, 1, INJECT_UNOPTIMIZED, 0},
    {"clang -O2 a.c -o a", ARGUMENTS_COMPILE_LINK, 1, INJECT_PROFILE, FULL | G1 | ID},
    {"clang a.c", ARGUMENTS_COMPILE_LINK, 1, INJECT_UNOPTIMIZED, ID},
    {"clang a.o b.a -o a", ARGUMENTS_LINK, 0, INJECT_LINK, ID},
    {"clang a.o -Wl,--build-id=none", ARGUMENTS_LINK, 0, INJECT_LINK, 0},
    {"clang a.o -Xlinker --build-id", ARGUMENTS_LINK, 0, INJECT_LINK, 0},
    {"clang -r a.o b.o -o c.o", ARGUMENTS_LINK, 0, INJECT_LINK, 0},
    {"clang -nostdlib a.o", ARGUMENTS_LINK, 0, INJECT_LINK, 0},
    {"clang -Wl,-r a.o", ARGUMENTS_LINK, 0, INJECT_LINK, 0},
    {"clang -Wl,-rpath,/x a.o", ARGUMENTS_LINK, 0, INJECT_LINK, ID},
    {"clang -flto=thin a.o", ARGUMENTS_LINK, 0, INJECT_LINK,
     INJECT_TAKES_PROFILE | INJECT_HAS_PROBES | ID},
    {"clang -flto -fno-pseudo-probe-for-profiling a.o", ARGUMENTS_LINK, 0, INJECT_LINK,
     INJECT_TAKES_PROFILE | ID},
    {"clang -flto -fno-lto a.o", ARGUMENTS_LINK, 0, INJECT_LINK, ID},
    {"clang -flto -fprofile-use=x a.o", ARGUMENTS_LINK, 0, INJECT_LINK, ID},
    /* the user's own profile flags win */
    {"clang -O2 -fprofile-sample-use=x -c a.c", ARGUMENTS_COMPILE, 1, INJECT_OWN_PROFILE,
     LINES | G1},
    {"clang -O2 -fno-profile-sample-use -c a.c", ARGUMENTS_COMPILE, 1, INJECT_OWN_PROFILE,
     LINES | G1},
    {"clang -O2 -fprofile-generate -c a.c", ARGUMENTS_COMPILE, 1, INJECT_OWN_PROFILE, LINES | G1},
    {"clang -O2 -fprofile-instr-use -g -c a.c", ARGUMENTS_COMPILE, 1, INJECT_OWN_PROFILE, LINES},
    /* ... and what the user says of probes */
    {"clang -O2 -g -fpseudo-probe-for-profiling -c a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE,
     FULL_BUT_PROBES | INJECT_HAS_PROBES},
    {"clang -O2 -g -fno-pseudo-probe-for-profiling -c a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE,
     FULL_BUT_PROBES},
    {"clang -O2 -g -fpseudo-probe-for-profiling -fno-pseudo-probe-for-profiling -c a.c",
     ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL_BUT_PROBES},
    {"clang -O2 -g -fno-integrated-as -c a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE,
     FULL_BUT_PROBES},
    {"clang -O2 -g --target=armv7-linux-gnueabihf -c a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE,
     FULL_BUT_PROBES},
    {"clang -O2 -g -target riscv64-linux-gnu -c a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE,
     FULL_BUT_PROBES},
    {"clang -O2 -g --target aarch64-linux-gnu -c a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL},
    {"clang -O2 -g -c /p/a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL | INJECT_TAKES_MACRO_MAP},
    {"clang -O2 -g -ffile-prefix-map=/p=. -c /p/a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL},
    {"clang -O2 -g -fno-pseudo-probe-for-profiling -c /p/a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE,
     FULL_BUT_PROBES},
    /* nothing to build */
    {"clang -O2 -E a.c", ARGUMENTS_OTHER, 1, INJECT_OTHER, 0},
    {"clang -O2 -M a.c", ARGUMENTS_OTHER, 1, INJECT_OTHER, 0},
    {"clang -O2 -MM a.c", ARGUMENTS_OTHER, 1, INJECT_OTHER, 0},
    {"clang -fsyntax-only a.c", ARGUMENTS_OTHER, 1, INJECT_OTHER, 0},
    {"clang --version", ARGUMENTS_OTHER, 0, INJECT_OTHER, 0},
    {"clang -print-prog-name=ld", ARGUMENTS_OTHER, 0, INJECT_OTHER, 0},
    {"clang -dumpmachine", ARGUMENTS_OTHER, 0, INJECT_OTHER, 0},
    {"clang -cc1 -O2 a.c", ARGUMENTS_OTHER, 1, INJECT_OTHER, 0},
    {"clang", ARGUMENTS_OTHER, 0, INJECT_OTHER, 0},
    {"clang -O2 @/nowhere/x a.c", ARGUMENTS_OTHER, 1, INJECT_OTHER, 0},
    {"clang -O2 -c @- a.c", ARGUMENTS_OTHER, 1, INJECT_OTHER, 0},
    /* an argument is missing: it must not take our flags for it */
    {"clang -O2 -c a.c -o", ARGUMENTS_OTHER, 1, INJECT_OTHER, 0},
    {"clang -O2 -c a.c -MD -MF", ARGUMENTS_OTHER, 1, INJECT_OTHER, 0},
    {"clang -O2 -c a.c -x", ARGUMENTS_OTHER, 1, INJECT_OTHER, 0},
    {"clang a.o -Xlinker", ARGUMENTS_OTHER, 0, INJECT_OTHER, 0},
    /* arguments in the next word are no inputs; -MD and -MF are no -M */
    {"clang -O2 -MD -MF a.d -MT a.o -c a.c -o a.o", ARGUMENTS_COMPILE, 1, INJECT_PROFILE,
     FULL | G1},
    {"clang -O2 -I inc.c -D x.c -include y.c -isystem z.c -c a.c", ARGUMENTS_COMPILE, 1,
     INJECT_PROFILE, FULL | G1},
    {"clang -O2 -Xclang -O0 -mllvm -g -target x.c -c a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE,
     FULL_BUT_PROBES | G1},
    /* languages */
    {"clang -O2 -c a.s", ARGUMENTS_COMPILE, 1, INJECT_ASSEMBLY, 0},
    {"clang -O2 -c a.S", ARGUMENTS_COMPILE, 1, INJECT_ASSEMBLY, 0},
    {"clang -O2 -x c -c a.txt", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL | G1},
    {"clang -O2 -xc++ -c a.txt", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL | G1},
    {"clang -O2 -x assembler -c a.c", ARGUMENTS_COMPILE, 1, INJECT_ASSEMBLY, 0},
    {"clang -O2 -x cuda -c a.c", ARGUMENTS_COMPILE, 0, INJECT_OTHER, 0},
    {"clang -O2 -x c++ -x none -c a.c b.ll", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL | G1},
    {"clang -O2 -x c -c - -o a.o", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL | G1},
    {"clang -O2 -xc - a.c -o a", ARGUMENTS_COMPILE_LINK, 2, INJECT_PROFILE, FULL | G1 | ID},
    {"clang -O2 -xc - -E", ARGUMENTS_OTHER, 1, INJECT_OTHER, 0},
    {"clang -O2 - -o a", ARGUMENTS_LINK, 0, INJECT_LINK, ID},
    {"clang -O2 -c -- a.c -b.c", ARGUMENTS_COMPILE, 2, INJECT_PROFILE, FULL | G1},
    /* headers are precompiled without -c, by our leave: no code, no profile, no linker options */
    {"clang -O2 a.h", ARGUMENTS_COMPILE, 1, INJECT_OTHER, 0},
    {"clang++ -O2 -x c++-header a.h -o a.h.pch", ARGUMENTS_COMPILE, 1, INJECT_OTHER, 0},
    {"clang -O2 -include a.h -c a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE, FULL | G1},
    /* trials of build systems */
    {"clang -O2 -c conftest.c", ARGUMENTS_COMPILE, 1, INJECT_TRIAL, 0},
    {"clang -O2 -o conftest a.c", ARGUMENTS_COMPILE_LINK, 1, INJECT_TRIAL, 0},
    {"clang -O2 -x c -c - -o /dev/null", ARGUMENTS_COMPILE, 1, INJECT_TRIAL, 0},
    {"clang -O2 -x c -c /dev/null -o a.o", ARGUMENTS_COMPILE, 1, INJECT_TRIAL, 0},
    {"clang -O2 -c a.c -o /dev/null", ARGUMENTS_COMPILE, 1, INJECT_TRIAL, 0},
    {"clang -O2 -c b/CMakeFiles/CMakeScratch/x/a.c", ARGUMENTS_COMPILE, 1, INJECT_TRIAL, 0},
    {"clang -O2 -c a.c -o CMakeFiles/CMakeTmp/a.o", ARGUMENTS_COMPILE, 1, INJECT_TRIAL, 0},
    {"clang -O2 CMakeCCompilerId.c", ARGUMENTS_COMPILE_LINK, 1, INJECT_TRIAL, 0},
    {"clang -O2 /b/meson-private/sanity.c", ARGUMENTS_COMPILE_LINK, 1, INJECT_TRIAL, 0},
};

/* Of these test_slices() takes care. */
enum { SLICE = INJECT_TAKES_SLICE | INJECT_PROVEN_SLICE };

static size_t split(char *line, char **words)
{
    size_t count = 0;

    for (char *word = line; word; count++) {
        char *space = strchr(word, ' ');

        assert_true(count < MAX_WORDS);
        words[count] = word;
        if (space)
            *space = '\0';
        word = space ? space + 1 : NULL;
    }
    return count;
}

static void check(const struct expectation *expected, const struct compiler *compiler)
{
    char *line = mem_strdup(expected->line), *words[MAX_WORDS];
    struct arguments arguments = {0};
    struct inject_decision decision;

    arguments_read(&arguments, (int)split(line, words), words);
    decision = inject_decide(&arguments, compiler, "/project");
    if (arguments.phase != expected->phase || arguments.source_count != expected->sources ||
        decision.verdict != expected->verdict || (decision.shape & ~SLICE) != expected->shape)
        fail_msg("%s: phase %d, %zu sources, verdict %s, shape %u", expected->line, arguments.phase,
                 arguments.source_count, inject_verdict_name(decision.verdict), decision.shape);
    arguments_release(&arguments);
    free(line);
}

static void test_slices(void **state)
{
    static const struct {
        const char *line, *version;
        unsigned shape;
    } cases[] = {
        {"clang -O2 -c a.c", "19.1.7", SLICE},
        {"clang -O2 -c a.c", "22.1.0", SLICE},
        {"clang -O2 -c a.c", "18.1.8", INJECT_TAKES_SLICE},
        {"clang -O2 -c a.c", "23.0.0", INJECT_TAKES_SLICE},
        {"clang -O2 -S a.c", "19.1.7", 0},
        {"clang -O2 -c -emit-llvm a.c", "19.1.7", 0},
        {"clang -O2 -c -x c -", "19.1.7", 0},
        {"clang -O2 -c -x c /dev/fd/63", "19.1.7", 0},
        {"clang -O2 -flto -c a.c", "19.1.7", SLICE},
        {"clang -O2 a.c b.o", "19.1.7", SLICE},
        {"clang -O2 -flto a.c b.o", "19.1.7", 0},
        {"clang -O2 -c a.c b.c", "19.1.7", 0},
        {"clang -c a.c", "19.1.7", 0},
        {"clang -O2 -c a.s", "19.1.7", 0},
        {"clang -O2 -flto a.o b.o", "19.1.7", 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *line = mem_strdup(cases[i].line), *words[MAX_WORDS];
        struct compiler clang = {.kind = COMPILER_CLANG};
        struct arguments arguments = {0};

        memcpy(clang.version, cases[i].version, strlen(cases[i].version) + 1);
        arguments_read(&arguments, (int)split(line, words), words);
        assert_int_equal(inject_decide(&arguments, &clang, "/project").shape & SLICE,
                         cases[i].shape);
        arguments_release(&arguments);
        free(line);
    }
}

static void test_clang(void **state)
{
    const struct compiler clang = {.kind = COMPILER_CLANG,
                                   .version = "19.1.7",
                                   .target = "x86_64-pc-linux-gnu",
                                   .reports_staleness = true};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(by_clang); i++)
        check(&by_clang[i], &clang);
}

static void test_others(void **state)
{
    static const struct expectation gcc[] = {
        {"gcc -O2 -c a.c", ARGUMENTS_COMPILE, 1, INJECT_GCC, 0},
        {"gcc a.o", ARGUMENTS_LINK, 0, INJECT_OTHER, 0},
    };
    const struct expectation old = {"clang -O2 -c a.c", ARGUMENTS_COMPILE, 1, INJECT_PROFILE,
                                    INJECT_TAKES_PROFILE | LINES | G1};
    const struct expectation unknown = {"tcc -O2 -c a.c", ARGUMENTS_COMPILE, 1,
                                        INJECT_UNKNOWN_COMPILER, 0};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(gcc); i++)
        check(&gcc[i], &(struct compiler){.kind = COMPILER_GCC});
    check(&old, &(struct compiler){
                    .kind = COMPILER_CLANG, .version = "18.1.8", .target = "x86_64-pc-linux-gnu"});
    check(&unknown, &(struct compiler){.kind = COMPILER_UNKNOWN});
}

/* In CMake's scratch folder everything is a trial, whatever it is called. */
static void test_folder(void **state)
{
    char *words[] = {"clang", "-O2", "-c", "a.c"};
    const struct compiler clang = {.kind = COMPILER_CLANG};
    struct arguments arguments = {0};

    (void)state;
    arguments_read(&arguments, 4, words);
    assert_int_equal(
        inject_decide(&arguments, &clang, "/b/CMakeFiles/CMakeScratch/TryCompile-x").verdict,
        INJECT_TRIAL);
    arguments_release(&arguments);
}

static void expect_output(const char *command, size_t index, const char *expected)
{
    char *line = mem_strdup(command), *words[MAX_WORDS], *output, *wanted;
    struct arguments arguments = {0};

    arguments_read(&arguments, (int)split(line, words), words);
    output = arguments_output(&arguments, index);
    wanted = path_absolute(expected);
    assert_string_equal(output, wanted);
    arguments_release(&arguments);
    free(line);
    free(output);
    free(wanted);
}

static void test_output(void **state)
{
    (void)state;
    expect_output("clang -c x/a.c", 0, "a.o");
    expect_output("clang -c x/a.c y/b.cpp", 1, "b.o");
    expect_output("clang -c x/a.c -o y/z.o", 0, "y/z.o");
    expect_output("clang -c x/a.c -oy/z.o", 0, "y/z.o");
    expect_output("clang -S x/a.c", 0, "a.s");
    expect_output("clang -c -emit-llvm x/a.c", 0, "a.bc");
    expect_output("clang -S -emit-llvm x/a.c", 0, "a.ll");
    expect_output("clang x/a.c", 0, "a.out");
    expect_output("clang x/a.c -o app", 0, "app");
}

/* A response file is read as GNU tools do, also within another; a missing one is a word. */
static void test_response_file(void **state)
{
    static const char inner[] = "'b c.c' -O2\n";
    char outer[] = "/tmp/build-arguments-outer.rsp", nested[] = "/tmp/build-arguments-inner.rsp";
    char *words[] = {"clang", "@/tmp/build-arguments-outer.rsp", "@/nowhere/x", "-c"};
    struct strbuf text = {0};
    struct arguments arguments = {0};
    struct err err = {0};

    (void)state;
    strbuf_add_format(&text, "a\\ b.c \"-DX=\\\"y\\\"\"\t@%s", nested);
    assert_true(file_write(outer, text.data, text.len, FILE_REPLACE, &err));
    assert_true(file_write(nested, inner, strlen(inner), FILE_REPLACE, &err));
    arguments_read(&arguments, 4, words);
    assert_int_equal(arguments.source_count, 2);
    assert_string_equal(arguments.sources[0], "a b.c");
    assert_string_equal(arguments.sources[1], "b c.c");
    assert_true(arguments.optimized);
    assert_int_equal(arguments.other_input_count, 1);
    assert_int_equal(arguments.end_marker, 4);
    arguments_release(&arguments);
    strbuf_release(&text);
    remove(outer);
    remove(nested);
}

static void spell(struct inject_flags *flags, unsigned shape,
                  const struct selection_profile *profile, struct arena *arena)
{
    inject_spell(flags, shape, profile, &(struct selection){.root = "/root", .probes = PROBES_OFF},
                 arena);
}

/* The key moves with everything we give, and with nothing else. */
static void test_key(void **state)
{
    struct inject_flags plain = {0}, profiled = {0}, again = {0}, other = {0};
    struct arena arena = {0};
    struct content_name key;

    (void)state;
    spell(&plain, FULL | G1, NULL, &arena);
    spell(&profiled, FULL | G1, &(struct selection_profile){"/p", "/cache/a", false, NULL}, &arena);
    spell(&again, FULL | G1, &(struct selection_profile){"/p", "/cache/a", false, NULL}, &arena);
    spell(&other, FULL | G1, &(struct selection_profile){"/p", "/cache/b", false, NULL}, &arena);
    key = inject_key("/bin/clang", &profiled);
    assert_string_equal(key.text, inject_key("/bin/clang", &again).text);
    assert_string_not_equal(key.text, inject_key("/bin/clang", &plain).text);
    assert_string_not_equal(key.text, inject_key("/bin/clang", &other).text);
    assert_string_not_equal(key.text, inject_key("/bin/clang-19", &profiled).text);
    arena_release(&arena);
}

static bool has_flag(const struct inject_flags *flags, const char *text)
{
    for (size_t i = 0; i < flags->count; i++)
        if (strcmp(flags->items[i], text) == 0)
            return true;
    return false;
}

static void test_spelling(void **state)
{
    struct inject_flags flags = {0};
    struct arena arena = {0};

    (void)state;
    spell(&flags, FULL | G1, &(struct selection_profile){"/p", "/cache/a", false, NULL}, &arena);
    assert_true(has_flag(&flags, "-fprofile-sample-use=/cache/a"));
    assert_true(has_flag(&flags, "-fdebug-info-for-profiling"));
    assert_true(has_flag(&flags, "-g1"));
    assert_true(has_flag(&flags, "-fdebug-prefix-map=/root=."));
    assert_true(has_flag(&flags, "-report-profile-staleness"));
    spell(&flags, FULL, NULL, &arena); /* no profile, debug lines of the user's */
    assert_int_equal(flags.count, 1);
    assert_true(has_flag(&flags, "-fdebug-info-for-profiling"));
    spell(&flags, FULL | INJECT_TAKES_INLINING, NULL, &arena);
    assert_true(has_flag(&flags, COMPILER_PLAIN_INLINING));
    spell(&flags, FULL | INJECT_TAKES_INLINING,
          &(struct selection_profile){"/p", "/cache/a", false, NULL}, &arena);
    assert_false(has_flag(&flags, COMPILER_PLAIN_INLINING));
    spell(&flags, FULL | INJECT_TAKES_MACRO_MAP, NULL, &arena); /* without probes */
    assert_int_equal(flags.count, 1);
    inject_spell(&flags, FULL | INJECT_TAKES_MACRO_MAP, NULL,
                 &(struct selection){.root = "/root", .probes = PROBES_ON}, &arena);
    assert_true(has_flag(&flags, "-fmacro-prefix-map=/root=."));
    inject_spell(&flags, INJECT_TAKES_G1, NULL, &(struct selection){.root = "/ro=ot"}, &arena);
    assert_int_equal(flags.count, 1);
    spell(&flags, INJECT_TAKES_PROFILE | ID,
          &(struct selection_profile){"/p", "/cache/a", false, NULL}, &arena);
    assert_int_equal(flags.count, 2); /* an LTO link takes no flag of the compile's */
    assert_true(has_flag(&flags, "-Wl,--build-id"));
    arena_release(&arena);
}

/* Who gets -fpseudo-probe-for-profiling, and who the profile: the table of ARCHITECTURE.md. */
static void test_probes(void **state)
{
    enum { NONE, LINE, PROBE };
    enum { NOTHING = 0, USES = 1, FLAG = 2, HAS = 4, UNFIT = 8 };
    static const struct selection_profile profiles[] = {
        [NONE] = {"/default.pgo", NULL, false, NULL}, /* without samples */
        [LINE] = {"/default.pgo", "/cache/a", false, NULL},
        [PROBE] = {"/default.pgo", "/cache/a", true, NULL}};
    static const unsigned old = INJECT_TAKES_PROFILE | INJECT_TAKES_LINES;
    static const struct {
        unsigned extra; /* of the shape */
        int profile;
        enum probes_mode mode;
        unsigned expected;
    } cases[] = {
        {INJECT_TAKES_PROBES, NONE, PROBES_AUTO, PROBES_AUTO_READY ? FLAG | HAS : NOTHING},
        {INJECT_TAKES_PROBES, NONE, PROBES_ON, FLAG | HAS},
        {INJECT_TAKES_PROBES, NONE, PROBES_OFF, NOTHING},
        {INJECT_TAKES_PROBES, LINE, PROBES_AUTO, USES},
        {INJECT_TAKES_PROBES, LINE, PROBES_ON, USES | FLAG | HAS},
        {INJECT_TAKES_PROBES, LINE, PROBES_OFF, USES},
        {INJECT_TAKES_PROBES, PROBE, PROBES_AUTO, USES | FLAG | HAS},
        {INJECT_TAKES_PROBES, PROBE, PROBES_ON, USES | FLAG | HAS},
        /* an old clang, or the user's -fno-pseudo-probe-for-profiling */
        {0, NONE, PROBES_ON, NOTHING},
        {0, LINE, PROBES_ON, USES},
        {0, PROBE, PROBES_AUTO, UNFIT},
        {0, PROBE, PROBES_ON, UNFIT},
        /* the user's -fpseudo-probe-for-profiling */
        {INJECT_HAS_PROBES, NONE, PROBES_OFF, HAS},
        {INJECT_HAS_PROBES, LINE, PROBES_AUTO, USES | HAS},
        {INJECT_HAS_PROBES, PROBE, PROBES_AUTO, USES | HAS},
    };
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct inject_decision decision = {INJECT_PROFILE, old | cases[i].extra};
        const struct selection_profile *profile = &profiles[cases[i].profile];
        const struct selection selection = {.root = "/root", .probes = cases[i].mode};
        struct inject_flags flags = {0};
        unsigned got = NOTHING;

        inject_spell(&flags, decision.shape, profile, &selection, &arena);
        got |= has_flag(&flags, "-fprofile-sample-use=/cache/a") ? USES : 0;
        got |= has_flag(&flags, "-fpseudo-probe-for-profiling") ? FLAG : 0;
        got |= inject_probes(decision.shape, profile, &selection) ? HAS : 0;
        got |= inject_settle(&decision, profile) == INJECT_NO_PROBES ? UNFIT : 0;
        if (got != cases[i].expected)
            fail_msg("case %zu: got %u, expected %u", i, got, cases[i].expected);
        assert_int_equal(flags.profile, (got & USES) != 0);
    }
    arena_release(&arena);
}

/* By line LLVM is asked for its better order of blocks, unless the user has a word on it. */
static void test_placement(void **state)
{
    enum { COMPILE = INJECT_TAKES_PLACEMENT, LINK = INJECT_TAKES_LTO_PLACEMENT };
    static const struct {
        const char *line;
        unsigned expected;
    } cases[] = {
        {"clang -O2 -c a.c", COMPILE},
        {"clang -O2 a.c", COMPILE},
        {"clang -O2 -flto a.c", COMPILE | LINK},
        {"clang -flto=thin a.o", LINK},
        {"clang a.o", 0},
        {"clang -c a.c", 0},
        {"clang -O2 -fprofile-use=x -c a.c", 0},
        {"clang -O2 -mllvm -enable-ext-tsp-block-placement=false -c a.c", 0},
        {"clang -flto -Wl,-plugin-opt=-enable-ext-tsp-block-placement a.o", 0},
        {"clang -flto -Wl,-mllvm,-enable-ext-tsp-block-placement a.o", 0},
    };
    const struct compiler clang = {.kind = COMPILER_CLANG, .places_blocks = true};
    struct selection_profile profile = {"/p", "/cache/a", false, NULL};
    struct inject_flags flags = {0};
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *line = mem_strdup(cases[i].line), *words[MAX_WORDS];
        struct arguments arguments = {0};
        unsigned shape;

        arguments_read(&arguments, (int)split(line, words), words);
        shape = inject_decide(&arguments, &clang, "/project").shape & (COMPILE | LINK);
        if (shape != cases[i].expected)
            fail_msg("%s: shape %u", cases[i].line, shape);
        arguments_release(&arguments);
        free(line);
    }
    spell(&flags, FULL | COMPILE | LINK, &profile, &arena);
    assert_true(has_flag(&flags, COMPILER_PLACE_BLOCKS));
    assert_true(has_flag(&flags, "-Wl,-plugin-opt=" COMPILER_PLACE_BLOCKS));
    spell(&flags, FULL | COMPILE | LINK, NULL, &arena);
    assert_false(has_flag(&flags, COMPILER_PLACE_BLOCKS));
    profile.by_probe = true; /* LLVM does so by itself */
    spell(&flags, FULL | COMPILE | LINK, &profile, &arena);
    assert_false(has_flag(&flags, COMPILER_PLACE_BLOCKS));
    assert_false(has_flag(&flags, "-Wl,-plugin-opt=" COMPILER_PLACE_BLOCKS));
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clang),     cmocka_unit_test(test_others),
        cmocka_unit_test(test_folder),    cmocka_unit_test(test_output),
        cmocka_unit_test(test_key),       cmocka_unit_test(test_response_file),
        cmocka_unit_test(test_spelling),  cmocka_unit_test(test_probes),
        cmocka_unit_test(test_placement), cmocka_unit_test(test_slices)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
