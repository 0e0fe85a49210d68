/* Benchmarks of the parts of ../hello-pgo: its tokens, and its interpreter on three programs. */
#include <pgo_bench.h>
#include <string.h>

#include "basic/program.h"

struct example {
    const char *name, *text;
};

static const struct example examples[] = {
    {"collatz", "100 LET N = 1\n"
                "110 LET X = N\n"
                "130 IF X = 1 THEN 200\n"
                "140 LET STEPS = STEPS + 1\n"
                "160 IF X % 2 = 1 THEN 190\n"
                "170 LET X = X / 2\n"
                "180 GOTO 130\n"
                "190 LET X = 3 * X + 1\n"
                "195 GOTO 130\n"
                "200 LET N = N + 1\n"
                "210 IF N < 100 THEN 110\n"},
    {"sieve", "100 LET N = 2\n"
              "110 IF SEEN(N) = 1 THEN 160\n"
              "120 LET M = N + N\n"
              "130 IF 1000 < M THEN 160\n"
              "140 LET SEEN(M) = 1\n"
              "150 LET M = M + N\n"
              "155 GOTO 130\n"
              "160 LET N = N + 1\n"
              "170 IF N < 1000 THEN 110\n"},
    {"sum", "100 LET N = N + 1\n"
            "110 LET SUM = (SUM * 31 + N * (N + 7)) % 1000003\n"
            "120 IF N < 1000 THEN 100\n"},
};

#define EXAMPLE_COUNT (sizeof(examples) / sizeof(examples[0]))

BENCH(tokens)
{
    const char *text = examples[0].text;

    bench_set_bytes(b, strlen(text));
    while (bench_next(b)) {
        struct token *tokens = tokens_read(text);

        if (!tokens)
            bench_fail(b, "out of memory");
        bench_keep(tokens);
        tokens_free(tokens);
    }
}

static void run(struct bench *b, void *arg)
{
    const struct example *example = arg;
    struct program program = {0};

    if (!program_load(&program, example->text))
        bench_fail(b, "%s: does not load", example->name);
    while (bench_next(b))
        if (!program_run(&program, NULL))
            bench_fail(b, "%s: does not run", example->name);
    program_release(&program);
}

BENCH(run)
{
    for (size_t i = 0; i < EXAMPLE_COUNT; i++)
        bench_run(b, run, (void *)&examples[i], "%s", examples[i].name);
}
