#include "pgo-bench/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

#define STEP_BYTES 65536

static int open_one(struct err *err)
{
    const char *folder = getenv("TMPDIR");
    char *path = mem_format("%s/pgo-bench.XXXXXX", folder && *folder ? folder : "/tmp");
    int fd = mkostemp(path, O_CLOEXEC);

    if (fd >= 0)
        unlink(path);
    else if (!err_errno(err, path, "cannot keep the output"))
        err_hint(err, "set TMPDIR to a folder that can be written to");
    free(path);
    return fd;
}

/* Fills the block unless the file ends; false: cannot be read. */
static bool read_block(int fd, uint64_t off, char *block, size_t *len)
{
    *len = 0;
    while (*len < STEP_BYTES) {
        ssize_t got = pread(fd, block + *len, STEP_BYTES - *len, (off_t)(off + *len));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        *len += (size_t)got;
    }
    return true;
}

static bool differs(uint64_t byte, uint64_t line, const char *what, struct err *err)
{
    err_set(err, ERR_MISMATCH, "the outputs differ at byte %llu, line %llu%s",
            (unsigned long long)byte + 1, (unsigned long long)line, what);
    return err_hint(err, "builds that do not do the same work cannot be compared; if the output "
                         "holds times or addresses, leave out --check-output");
}

bool outputs_open(bool wanted, struct outputs *outputs, struct err *err)
{
    struct outputs opened = {-1, -1};

    if (wanted) {
        opened.base_fd = open_one(err);
        opened.test_fd = opened.base_fd < 0 ? -1 : open_one(err);
        if (opened.test_fd < 0) {
            outputs_close(&opened);
            return false;
        }
    }
    *outputs = opened;
    return true;
}

void outputs_close(struct outputs *outputs)
{
    if (outputs->base_fd >= 0)
        close(outputs->base_fd);
    if (outputs->test_fd >= 0)
        close(outputs->test_fd);
    *outputs = (struct outputs){-1, -1};
}

bool outputs_compare(const struct outputs *outputs, struct err *err)
{
    char base[STEP_BYTES], test[STEP_BYTES];
    uint64_t off = 0, line = 1;
    size_t base_len, test_len;

    if (outputs->base_fd < 0)
        return true;
    do {
        if (!read_block(outputs->base_fd, off, base, &base_len) ||
            !read_block(outputs->test_fd, off, test, &test_len))
            return err_errno(err, "output of a build", "cannot read");
        for (size_t i = 0; i < base_len && i < test_len; i++) {
            if (base[i] != test[i])
                return differs(off + i, line, "", err);
            line += base[i] == '\n';
        }
        if (base_len != test_len)
            return differs(off + (base_len < test_len ? base_len : test_len), line,
                           base_len < test_len ? ": base ends there" : ": test ends there", err);
        off += base_len;
    } while (base_len == STEP_BYTES);
    return true;
}

bool outputs_are_empty(const struct outputs *outputs)
{
    return outputs->base_fd >= 0 && lseek(outputs->base_fd, 0, SEEK_END) == 0 &&
           lseek(outputs->test_fd, 0, SEEK_END) == 0;
}
