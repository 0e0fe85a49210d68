/*
 * hello: runs a program in a small BASIC, again and again.
 *
 *     ./hello [ROUNDS [FILE]]
 *
 * text/ makes tokens of it, basic/ does what they say, main.c reads the command line.
 */
#include "basic/program.h"

#include <stdlib.h>

static const char default_program[] =
    "10 REM The number below 1000 with the longest Collatz sequence, the most frequent length,\n"
    "20 REM and a checksum of all numbers on the way\n"
    "100 LET N = 1\n"
    "110 LET X = N\n"
    "120 LET STEPS = 0\n"
    "130 IF X = 1 THEN 200\n"
    "140 LET STEPS = STEPS + 1\n"
    "150 LET SUM = (SUM * 31 + X * (STEPS + 7)) % 1000003\n"
    "160 IF X % 2 = 1 THEN 190\n"
    "170 LET X = X / 2\n"
    "180 GOTO 130\n"
    "190 LET X = 3 * X + 1\n"
    "195 GOTO 130\n"
    "200 LET SEEN(STEPS) = SEEN(STEPS) + 1\n"
    "210 IF SEEN(STEPS) < SEEN(OFTEN) + 1 THEN 230\n"
    "220 LET OFTEN = STEPS\n"
    "230 IF STEPS < BEST + 1 THEN 260\n"
    "240 LET BEST = STEPS\n"
    "250 LET AT = N\n"
    "260 LET N = N + 1\n"
    "270 IF N < 1000 THEN 110\n"
    "280 PRINT AT\n"
    "290 PRINT BEST\n"
    "300 PRINT OFTEN\n"
    "310 PRINT SEEN(OFTEN)\n"
    "320 PRINT SUM\n";

enum {
    DEFAULT_ROUNDS = 250,
    MAX_ROUNDS = 1000000,
    MAX_FILE_BYTES = 1 << 20,
};

/* NULL, after a message, if that fails; else the caller frees it. */
static char *read_text(const char *path)
{
    char *text = calloc(1, MAX_FILE_BYTES + 1);
    FILE *file = fopen(path, "r");
    bool ok = text && file;

    if (ok)
        ok = fread(text, 1, MAX_FILE_BYTES + 1, file) <= MAX_FILE_BYTES && !ferror(file);
    if (!ok) {
        fprintf(stderr, "hello: %s: cannot be read, or is larger than 1 MiB\n", path);
        free(text);
        text = NULL;
    }
    if (file)
        fclose(file);
    return text;
}

/* Only the last round prints: the output does not depend on how many there are. */
static bool run_rounds(const char *text, long rounds)
{
    struct program program = {0};
    bool ok = program_load(&program, text);

    for (long i = 1; ok && i <= rounds; i++)
        ok = program_run(&program, i == rounds ? stdout : NULL);
    program_release(&program);
    return ok;
}

int main(int argc, char **argv)
{
    long rounds = DEFAULT_ROUNDS;
    char *end = "";
    char *text = NULL;
    bool ok;

    if (argc > 1)
        rounds = strtol(argv[1], &end, 10);
    if (argc > 3 || *end || rounds < 1 || rounds > MAX_ROUNDS) {
        fputs("usage: hello [ROUNDS [FILE]]\n", stderr);
        return 2;
    }
    if (argc == 3 && !(text = read_text(argv[2])))
        return 1;
    ok = run_rounds(text ? text : default_program, rounds);
    free(text);
    return ok ? 0 : 1;
}
