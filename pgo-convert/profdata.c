#include "profdata.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"

#define MAX_OUTPUT_BYTES ((size_t)1024 * 1024 * 1024)

static char *find_profdata(struct err *err)
{
    static const char *const names[] = {"llvm-profdata-22", "llvm-profdata-21", "llvm-profdata-20",
                                        "llvm-profdata-19", "llvm-profdata"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        char *path = process_find(names[i], NULL, NULL);

        if (path)
            return path;
    }
    err_set(err, ERR_NOT_FOUND, "no llvm-profdata on PATH");
    err_hint(err, "apt-get install llvm-19; the text form needs none");
    return NULL;
}

/* Its first line, or that it had nothing to say. */
static void say_failure(const char *profdata, const struct process_result *result, struct err *err)
{
    const char *errors = strbuf_text(&result->errors);
    int len = (int)strcspn(errors, "\n");

    err_set(err, ERR_IO, "%s: exit %d: %.*s", profdata, result->exit_code, len ? len : 15,
            len ? errors : "without a word");
    err_hint(err, "the text form needs no llvm-profdata");
}

/* llvm-profdata seeks in what it writes, so that cannot be a pipe: `fd` is a file in memory. */
static bool run_profdata(const char *profdata, const struct strbuf *profile, int fd,
                         struct err *err)
{
    struct process_result result = {0};
    char *path = mem_format("/proc/%ld/fd/%d", (long)getpid(), fd);
    const char *argv[] = {profdata, "merge", "--sample", "--text", "-", "-o", path, NULL};
    bool done = process_run(argv, profile->data, profile->len, MAX_OUTPUT_BYTES, &result, err);

    if (done && result.exit_code != 0) {
        say_failure(profdata, &result, err);
        done = false;
    }
    process_result_release(&result);
    free(path);
    return done;
}

bool profdata_to_text(const struct strbuf *profile, struct strbuf *out, struct err *err)
{
    char *profdata = find_profdata(err);
    size_t before = out->len;
    bool done;
    int fd;

    if (!profdata)
        return false;
    fd = memfd_create("profile", MFD_CLOEXEC);
    done = (fd >= 0 || err_errno(err, "profile", "cannot create in memory")) &&
           run_profdata(profdata, profile, fd, err) &&
           file_read_fd(fd, profdata, MAX_OUTPUT_BYTES, out, err) &&
           (out->len > before ||
            err_set(err, ERR_IO, "%s: exit 0, but nothing was written", profdata));
    if (fd >= 0)
        close(fd);
    free(profdata);
    return done;
}
