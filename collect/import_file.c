#include "import_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

#define COPY_BYTES ((size_t)256 << 10)

static const char *spool_folder(void)
{
    const char *folder = getenv("TMPDIR");

    return folder && folder[0] ? folder : "/var/tmp"; /* /tmp may be memory */
}

/* A file without a name, so that nothing is left behind; -1 on failure. */
static int open_spool(struct err *err)
{
    int fd = open(spool_folder(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    char *path;

    if (fd >= 0)
        return fd;
    path =
        mem_format("%s/pgo-collect.XXXXXX", spool_folder()); /* a file system without O_TMPFILE */
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) {
        unlink(path);
    } else {
        err_errno(err, spool_folder(), "cannot hold what comes through the pipe");
        err_hint(err, "TMPDIR=FOLDER names another place for it");
    }
    free(path);
    return fd;
}

static bool copy(int from, int to, struct err *err)
{
    char *bytes = mem_alloc(COPY_BYTES);
    ssize_t len;

    while ((len = read(from, bytes, COPY_BYTES)) != 0) {
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0) {
            err_errno(err, "standard input", "cannot read");
            break;
        }
        if (!file_write_fd(to, bytes, (size_t)len)) {
            err_errno(err, spool_folder(), "cannot hold what comes through the pipe");
            err_hint(err, "TMPDIR=FOLDER names another place for it");
            len = -1;
            break;
        }
    }
    free(bytes);
    return len == 0;
}

/* SIGINT reaches all of a pipeline. */
static void pass_over(int signal_number)
{
    (void)signal_number;
}

static bool spool(int fd, struct file_map *map, struct err *err)
{
    struct sigaction once = {.sa_handler = pass_over, .sa_flags = (int)SA_RESETHAND}, before;
    int to = open_spool(err);
    bool done = false;

    if (to < 0)
        return false;
    sigaction(SIGINT, &once, &before);
    if (copy(fd, to, err))
        done = file_map_fd(to, map) ||
               err_set(err, ERR_FORMAT, "nothing came through the pipe, expected a recording");
    sigaction(SIGINT, &before, NULL);
    close(to);
    return done;
}

static bool read_fd(struct import_file *file, int fd, const char *path, struct err *err)
{
    struct stat about;

    if (fstat(fd, &about) != 0)
        return err_errno(err, path, "cannot read");
    if (S_ISDIR(about.st_mode)) {
        err_set(err, ERR_UNSUPPORTED, "%s: is a folder, expected a file", path);
        return err_hint(err, "`perf record --threads` writes one: record without it");
    }
    if (isatty(fd)) {
        err_set(err, ERR_USAGE, "%s: is a terminal, expected a recording", path);
        return err_hint(err, "perf record -g -o - -- ./program | pgo-collect import -");
    }
    if (!S_ISREG(about.st_mode))
        return spool(fd, &file->map, err) || err_prepend(err, "%s: ", path);
    file->modified_ns = (int64_t)about.st_mtim.tv_sec * 1000000000 + about.st_mtim.tv_nsec;
    if (about.st_size == 0)
        return err_set(err, ERR_FORMAT, "%s: is empty, expected a recording", path);
    return file_map_fd(fd, &file->map) || err_errno(err, path, "cannot read");
}

bool import_file_open(struct import_file *file, const char *path, struct err *err)
{
    bool is_stdin = strcmp(path, "-") == 0, done;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

    *file = (struct import_file){0};
    if (fd < 0) {
        err_errno(err, path, "cannot read");
        return err->kind == ERR_NOT_FOUND
                   ? err_hint(err, "`perf record` writes perf.data where it is started")
                   : false;
    }
    done = read_fd(file, fd, path, err);
    if (!is_stdin)
        close(fd);
    return done;
}

void import_file_close(struct import_file *file)
{
    if (file->map.data)
        file_unmap(&file->map);
    *file = (struct import_file){0};
}
