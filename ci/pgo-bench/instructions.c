#include "pgo-bench/instructions.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"
#include "base/process.h"
#include "base/talk.h"
#include "pgo-bench/output.h"

#define MAX_LOG_BYTES   ((size_t)1024 * 1024)
#define MAX_STRIP_BYTES ((size_t)64 * 1024)

/* "==12== I   refs:      1,234,567  (...)": the number behind the name; false: no such line. */
static bool find_count(const char *log, const char *first, const char *second, uint64_t *count)
{
    for (const char *line = log; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *c = strstr(line, "== ");
        uint64_t value = 0;

        if (!c || strncmp(c + 3, first, strlen(first)) != 0)
            continue;
        c += 3 + strlen(first);
        c += strspn(c, " ");
        if (strncmp(c, second, strlen(second)) != 0)
            continue;
        c += strlen(second);
        c += strspn(c, " ");
        if (*c < '0' || *c > '9')
            continue;
        for (; (*c >= '0' && *c <= '9') || *c == ','; c++)
            value = *c == ',' ? value : value * 10 + (uint64_t)(*c - '0');
        *count = value;
        return true;
    }
    return false;
}

bool instructions_parse(const char *log, struct estimate *estimate, struct err *err)
{
    struct estimate found = {0};
    uint64_t d1_misses;

    if (!find_count(log, "I", "refs:", &found.instructions) ||
        !find_count(log, "I1", "misses:", &found.l1_misses) ||
        !find_count(log, "D1", "misses:", &d1_misses) ||
        !find_count(log, "LL", "misses:", &found.ll_misses) ||
        !find_count(log, "Mispredicts:", "", &found.mispredicts)) {
        err_set(err, ERR_FORMAT, "cachegrind left no counts");
        return err_hint(err, "name the program itself: what a program starts or becomes by exec "
                             "is not counted");
    }
    found.l1_misses += d1_misses;
    found.cycles = 0.35 * (double)found.instructions + 8 * (double)found.l1_misses +
                   60 * (double)found.ll_misses + 14 * (double)found.mispredicts;
    *estimate = found;
    return true;
}

static char *find_tool(const char *name, const char *package, struct err *err)
{
    char *tool = process_find(name, NULL, NULL);

    if (!tool) {
        err_set(err, ERR_NOT_FOUND, "%s: no such program, --mode=instructions needs it", name);
        err_hint(err, "apt-get install %s, or use --mode=clock", package);
    }
    return tool;
}

/* An executable that valgrind runs and strip understands: not a script, not a shell. */
static bool check_program(const struct command *command, struct err *err)
{
    static const char *const shells[] = {"sh", "bash", "dash", "zsh"};
    const char *name = path_base(command->program);
    char magic[4] = "";
    bool is_elf;
    int fd;

    for (size_t i = 0; i < ARRAY_SIZE(shells); i++)
        if (strcmp(name, shells[i]) == 0) {
            err_set(err, ERR_UNSUPPORTED, "%s: only the shell itself would be counted", name);
            return err_hint(err, "name the program without a shell, or use --mode=clock");
        }
    fd = open(command->program, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, command->program, "cannot open");
    is_elf = read(fd, magic, sizeof(magic)) == sizeof(magic) && memcmp(magic, "\177ELF", 4) == 0;
    close(fd);
    if (is_elf)
        return true;
    err_set(err, ERR_UNSUPPORTED, "%s: not an ELF executable", command->program);
    return err_hint(err, "name the program that the script runs, or use --mode=clock");
}

static bool strip_copy(const char *program, const char *copy, struct err *err)
{
    struct process_result result = {0};
    char *strip = find_tool("strip", "binutils", err);
    const char *argv[] = {strip, "-g", "-o", copy, program, NULL};
    bool done = false;

    if (strip && process_run(argv, NULL, 0, MAX_STRIP_BYTES, &result, err)) {
        done = result.exit_code == 0;
        if (!done)
            err_set(err, ERR_FORMAT, "%s: strip failed: %s", program, strbuf_text(&result.errors));
    }
    process_result_release(&result);
    free(strip);
    return done;
}

/* The command under valgrind; its words are borrowed from the arguments. */
static void wrap(const struct command *command, char *valgrind, char *log_option, char *copy,
                 struct command *wrapped)
{
    static char *const options[] = {"--tool=cachegrind",
                                    "--cache-sim=yes",
                                    "--branch-sim=yes",
                                    "--I1=32768,8,64",
                                    "--D1=32768,8,64",
                                    "--LL=33554432,16,64",
                                    "--cachegrind-out-file=/dev/null"};
    size_t used = 0;

    *wrapped = (struct command){.label = command->label, .text = command->text};
    wrapped->words = mem_array(command->word_count + ARRAY_SIZE(options) + 3, sizeof(char *));
    wrapped->program = valgrind;
    wrapped->words[used++] = valgrind;
    for (size_t i = 0; i < ARRAY_SIZE(options); i++)
        wrapped->words[used++] = options[i];
    wrapped->words[used++] = log_option;
    wrapped->words[used++] = copy;
    for (size_t i = 1; i < command->word_count; i++)
        wrapped->words[used++] = command->words[i];
}

/* In a scratch folder: copy, run, read the log. */
static bool measure_in(const char *folder, char *valgrind, struct child_runner *runner,
                       const struct command *command, int output_fd, struct estimate *estimate,
                       struct err *err)
{
    char *copy = path_join(folder, path_base(command->program));
    char *log_path = mem_format("%s/cachegrind log", folder);
    char *log_option = mem_format("--log-file=%s", log_path);
    struct command wrapped = {0};
    struct strbuf log = {0};
    struct sample ignored;
    bool done;

    wrap(command, valgrind, log_option, copy, &wrapped);
    done = strip_copy(command->program, copy, err) &&
           child_run(runner, &wrapped, output_fd, &ignored, err) &&
           file_read(log_path, MAX_LOG_BYTES, &log, err) &&
           (instructions_parse(strbuf_text(&log), estimate, err) ||
            err_prepend(err, "%s: ", command->label));
    strbuf_release(&log);
    free(wrapped.words);
    unlink(copy);
    unlink(log_path);
    free(log_option);
    free(log_path);
    free(copy);
    return done;
}

static bool measure(char *valgrind, struct child_runner *runner, const struct command *command,
                    int output_fd, struct estimate *estimate, struct err *err)
{
    const char *scratch = getenv("TMPDIR");
    char *folder;
    bool done = false;

    if (!check_program(command, err))
        return err_prepend(err, "%s: ", command->label);
    talk_progress("%s under cachegrind, about 50 times slower than alone", command->label);
    folder = mem_format("%s/pgo-bench.XXXXXX", scratch && *scratch ? scratch : "/tmp");
    if (mkdtemp(folder)) {
        done = measure_in(folder, valgrind, runner, command, output_fd, estimate, err);
        rmdir(folder);
    } else {
        err_errno(err, folder, "cannot create a folder");
    }
    free(folder);
    return done;
}

bool instructions_measure(struct child_runner *runner, const struct command *base,
                          const struct command *test, bool check_output,
                          struct estimate *base_estimate, struct estimate *test_estimate,
                          struct err *err)
{
    char *valgrind = find_tool("valgrind", "valgrind", err);
    struct outputs outputs;
    bool done = false;

    if (valgrind && outputs_open(check_output, &outputs, err)) {
        done = measure(valgrind, runner, base, outputs.base_fd, base_estimate, err) &&
               measure(valgrind, runner, test, outputs.test_fd, test_estimate, err) &&
               outputs_compare(&outputs, err);
        outputs_close(&outputs);
    }
    free(valgrind);
    return done;
}

static double change_pct(const struct estimate *base, const struct estimate *test)
{
    return (test->cycles / base->cycles - 1) * 100;
}

enum verdict instructions_decide(const struct estimate *base, const struct estimate *test)
{
    double pct = change_pct(base, test);

    if (fabs(pct) <= INSTRUCTIONS_FLOOR_PCT)
        return VERDICT_NO_DIFFERENCE;
    return pct < 0 ? VERDICT_FASTER : VERDICT_SLOWER;
}

bool instructions_beyond_gate(const struct estimate *base, const struct estimate *test,
                              double gate_pct)
{
    return instructions_decide(base, test) == VERDICT_SLOWER && change_pct(base, test) > gate_pct;
}
