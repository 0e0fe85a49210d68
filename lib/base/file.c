#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

#define READ_STEP_BYTES ((size_t)256 * 1024)

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool file_read_fd(int fd, const char *name, size_t max_bytes, struct strbuf *out, struct err *err)
{
    size_t start = out->len;
    ssize_t got;

    for (;;) {
        got = read(fd, strbuf_reserve(out, READ_STEP_BYTES), READ_STEP_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        out->len += (size_t)got;
        out->data[out->len] = '\0';
        if (out->len - start > max_bytes) {
            out->len = start;
            return err_set(err, ERR_LIMIT, "%s: larger than %zu bytes", name, max_bytes);
        }
    }
    if (got < 0) {
        out->len = start;
        return err_errno(err, name, "cannot read");
    }
    return true;
}

bool file_read(const char *path, size_t max_bytes, struct strbuf *out, struct err *err)
{
    bool done;
    int fd;

    if (strcmp(path, "-") == 0)
        return file_read_fd(STDIN_FILENO, "standard input", max_bytes, out, err);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, path, "cannot open");
    done = file_read_fd(fd, path, max_bytes, out, err);
    close(fd);
    return done;
}

bool file_map_fd(int fd, struct file_map *map)
{
    struct stat about;
    void *data;

    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size <= 0)
        return false;
    data = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED)
        return false;
    madvise(data, (size_t)about.st_size, MADV_SEQUENTIAL);
    *map = (struct file_map){data, (size_t)about.st_size};
    return true;
}

bool file_map(const char *path, struct file_map *map)
{
    struct stat about;
    bool done;
    int fd;

    /* not by fstat() alone: to open a pipe waits for its writer, who loses it when it is closed */
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return false;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    done = file_map_fd(fd, map);
    close(fd);
    return done;
}

void file_map_forget(const struct file_map *map)
{
    madvise((void *)(uintptr_t)map->data, map->len, MADV_DONTNEED);
}

void file_unmap(struct file_map *map)
{
    munmap((void *)(uintptr_t)map->data, map->len);
    *map = (struct file_map){0};
}

bool file_write_fd(int fd, const void *data, size_t len)
{
    const char *next = data;

    while (len) {
        ssize_t put = write(fd, next, len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        next += put;
        len -= (size_t)put;
    }
    return true;
}

static bool write_in_place(const char *path, const void *data, size_t len, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool done;

    if (fd < 0)
        return err_errno(err, path, "cannot open for writing");
    done = file_write_fd(fd, data, len);
    if (close(fd) != 0 || !done)
        return err_errno(err, path, "cannot write");
    return true;
}

/* Gives the finished temporary file its name; link() refuses where the name is taken. */
static bool publish(const char *temporary, const char *path, enum file_overwrite overwrite,
                    struct err *err)
{
    if (overwrite != FILE_KEEP) {
        if (rename(temporary, path) != 0)
            return err_errno(err, path, "cannot write");
        return true;
    }
    if (link(temporary, path) != 0) {
        err_errno(err, path, errno == EEXIST ? "not overwritten" : "cannot write");
        return errno == EEXIST ? err_hint(err, "use -f to overwrite it, or -o FILE") : false;
    }
    unlink(temporary);
    return true;
}

bool file_write(const char *path, const void *data, size_t len, enum file_overwrite overwrite,
                struct err *err)
{
    bool exists, done = false;
    struct stat status;
    char *temporary;
    mode_t mask;
    int fd;

    if (strcmp(path, "-") == 0)
        return file_write_fd(STDOUT_FILENO, data, len) ||
               err_errno(err, "standard output", "cannot write");
    exists = stat(path, &status) == 0;
    if (exists && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
        return write_in_place(path, data, len, err);

    temporary = mem_format("%s.XXXXXX.tmp", path);
    fd = mkostemps(temporary, 4, O_CLOEXEC);
    if (fd < 0) {
        err_errno(err, path, "cannot write");
        free(temporary);
        return false;
    }
    mask = umask(0);
    umask(mask);
    if (fchmod(fd, exists ? status.st_mode & 0777 : 0666 & ~mask) != 0)
        err_errno(err, path, "cannot set permissions");
    else if (!file_write_fd(fd, data, len) ||
             (overwrite != FILE_REPLACE_UNSYNCED && fsync(fd) != 0))
        err_errno(err, path, "cannot write");
    else
        done = publish(temporary, path, overwrite, err);
    close(fd);
    if (!done)
        unlink(temporary);
    free(temporary);
    return done;
}

bool file_sync(const char *folder, struct err *err)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && syncfs(fd) == 0;

    if (!done)
        err_errno(err, folder, "cannot write");
    if (fd >= 0)
        close(fd);
    return done;
}

bool file_make_folders(const char *path, struct err *err)
{
    char *folder = mem_strdup(path);
    struct stat status;
    bool done = true;

    for (char *slash = folder + (path[0] == '/'); done; slash++) {
        char saved = *slash;

        if (saved != '/' && saved != '\0')
            continue;
        *slash = '\0';
        if (mkdir(folder, 0777) != 0 && errno != EEXIST)
            done = err_errno(err, folder, "cannot create");
        *slash = saved;
        if (saved == '\0')
            break;
    }
    if (done && stat(path, &status) == 0 && !S_ISDIR(status.st_mode)) {
        errno = ENOTDIR;
        done = err_errno(err, path, "cannot create");
    }
    free(folder);
    return done;
}
