#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"

#define MAX_OUTPUT_BYTES ((size_t)1024 * 1024 * 1024)

/* The newest llvm-profdata: what it writes, the clangs we support read. */
static char *find_profdata(void)
{
    static const char *const names[] = {"llvm-profdata-22", "llvm-profdata-21", "llvm-profdata-20",
                                        "llvm-profdata-19", "llvm-profdata"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        char *path = process_find(names[i], NULL, NULL);

        if (path)
            return path;
    }
    return NULL;
}

/* Its first line, or that it had nothing to say. */
static void say_failure(const char *profdata, const struct process_result *result, struct err *err)
{
    const char *errors = strbuf_text(&result->errors);
    int len = (int)strcspn(errors, "\n");

    err_set(err, ERR_IO, "%s: exit %d: %.*s", profdata, result->exit_code, len ? len : 15,
            len ? errors : "without a word");
    err_hint(err, "--format=text needs no llvm-profdata");
}

/* llvm-profdata seeks in what it writes, so that cannot be a pipe: `fd` is a file in memory. */
static bool run_profdata(const char *profdata, const struct strbuf *text, int fd, struct err *err)
{
    struct process_result result = {0};
    char *path = mem_format("/proc/%ld/fd/%d", (long)getpid(), fd);
    const char *argv[] = {profdata, "merge", "--sample", "--extbinary", "-", "-o", path, NULL};
    bool done = process_run(argv, text->data, text->len, MAX_OUTPUT_BYTES, &result, err);

    if (done && result.exit_code != 0) {
        say_failure(profdata, &result, err);
        done = false;
    }
    process_result_release(&result);
    free(path);
    return done;
}

static bool to_extbinary(const struct strbuf *text, struct strbuf *out, struct err *err)
{
    char *profdata = find_profdata();
    bool done;
    int fd;

    if (!profdata) {
        err_set(err, ERR_NOT_FOUND, "--format=extbinary: no llvm-profdata on PATH");
        return err_hint(err, "apt-get install llvm-19, or use --format=text");
    }
    fd = memfd_create("profile", MFD_CLOEXEC);
    done = (fd >= 0 || err_errno(err, "profile", "cannot create in memory")) &&
           run_profdata(profdata, text, fd, err) &&
           file_read_fd(fd, profdata, MAX_OUTPUT_BYTES, out, err) &&
           (out->len > 0 || err_set(err, ERR_IO, "%s: exit 0, but nothing was written", profdata));
    if (fd >= 0)
        close(fd);
    free(profdata);
    return done;
}

static const char *counts_kind(const struct convert_options *options, const struct report *report)
{
    static const char *const kinds[] = {
        [COUNT_FLOW] = "estimated by basic block and control flow",
        [COUNT_BLOCK] = "estimated by basic block",
        [COUNT_MAX] = "largest of a line's instructions",
        [COUNT_SUM] = "sum of a line's instructions",
    };

    if (options->input == INPUT_COUNTS)
        return "exact";
    return report->by_address ? kinds[options->count] : "samples of lines, without the binary";
}

bool output_write(const struct convert_options *options, const struct conversion *conversion,
                  struct err *err)
{
    struct strbuf text = {0}, binary = {0};
    const struct strbuf *out = &text;
    struct sampleprof_losses losses;
    bool done = true;

    if (options->format == FORMAT_EXTBINARY && strcmp(options->output, "-") == 0 &&
        isatty(STDOUT_FILENO)) {
        err_set(err, ERR_USAGE, "a binary profile does not belong on a terminal");
        return err_hint(err, "-o FILE");
    }
    sampleprof_write_text(conversion->tree, &text, &losses);
    if (options->format == FORMAT_EXTBINARY) {
        done = to_extbinary(&text, &binary, err);
        out = &binary;
    }
    done = done && file_write(options->output, out->data, out->len, FILE_REPLACE, err);
    if (done)
        report_say(&conversion->report, conversion->tree, &losses,
                   counts_kind(options, &conversion->report));
    strbuf_release(&text);
    strbuf_release(&binary);
    return done;
}
