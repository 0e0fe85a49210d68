#include "cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/path.h"

enum { SECONDS_A_DAY = 24 * 60 * 60 };

struct entry {
    char *path;
    uint64_t bytes;
    struct timespec used;
};

struct entries {
    struct entry *items;
    size_t count, capacity;
    uint64_t bytes;
};

static bool set_lock(int fd, short type, int command)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET};

    while (fcntl(fd, command, &lock) != 0)
        if (errno != EINTR)
            return false;
    return true;
}

int cache_lock(const char *cache, struct err *err)
{
    char *path = path_join(cache, "lock");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

    if (fd < 0) {
        err_errno(err, path, "cannot open");
    } else if (!set_lock(fd, F_RDLCK, F_OFD_SETLKW)) {
        err_errno(err, path, "cannot lock");
        close(fd);
        fd = -1;
    }
    free(path);
    return fd;
}

bool cache_touch(const char *path)
{
    return utimensat(AT_FDCWD, path, NULL, 0) == 0 || errno != ENOENT;
}

/* Entries are flat: a file, or a folder of files. Calls `visit` for each file of a folder. */
static void each_file(const char *path, void (*visit)(void *context, int folder, const char *name),
                      void *context)
{
    DIR *stream = opendir(path);
    const struct dirent *file;

    while (stream && (file = readdir(stream)))
        if (strcmp(file->d_name, ".") != 0 && strcmp(file->d_name, "..") != 0)
            visit(context, dirfd(stream), file->d_name);
    if (stream)
        closedir(stream);
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* What it takes on the disk, and when it was used. */
static void add_file(void *context, int folder, const char *name)
{
    struct entry *entry = context;
    struct stat status;

    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    entry->bytes = saturating_add(entry->bytes, (uint64_t)status.st_blocks * 512);
    if (is_before(&entry->used, &status.st_mtim))
        entry->used = status.st_mtim;
}

/* What cannot be removed stays. */
static void remove_file(void *context, int folder, const char *name)
{
    (void)context;
    unlinkat(folder, name, 0);
}

static void remove_entry(const char *path)
{
    if (unlink(path) == 0)
        return;
    each_file(path, remove_file, NULL);
    rmdir(path);
}

static void add_entry(struct entries *entries, char *path)
{
    struct entry entry = {.path = path};

    add_file(&entry, AT_FDCWD, path);
    each_file(path, add_file, &entry);
    entries->bytes = saturating_add(entries->bytes, entry.bytes);
    *ARRAY_PUSH(entries->items, entries->count, entries->capacity) = entry;
}

/* All in a folder of the cache but `other`, which is read by itself. */
static void read_entries(struct entries *entries, const char *cache, const char *name,
                         const char *other)
{
    char *folder = path_join(cache, name);
    DIR *stream = opendir(folder);
    const struct dirent *file;

    while (stream && (file = readdir(stream)))
        if (file->d_name[0] != '.' && strcmp(file->d_name, other) != 0)
            add_entry(entries, path_join(folder, file->d_name));
    if (stream)
        closedir(stream);
    free(folder);
}

/* The indexes of slices, of all projects. */
static void read_indexes(struct entries *entries, const char *cache)
{
    char *folder = path_join(cache, "projects");
    DIR *stream = opendir(folder);
    const struct dirent *project;

    while (stream && (project = readdir(stream)))
        if (project->d_name[0] != '.') {
            char *slices = mem_format("projects/%s/slices", project->d_name);

            read_entries(entries, cache, slices, "");
            free(slices);
        }
    if (stream)
        closedir(stream);
    free(folder);
}

static void read_all(struct entries *entries, const char *cache)
{
    read_entries(entries, cache, "profiles", "made");
    read_entries(entries, cache, "profiles/made", "");
    read_entries(entries, cache, "notes", "");
    read_indexes(entries, cache);
}

static void release(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        free(entries->items[i].path);
    free(entries->items);
}

struct cache_size cache_measure(const char *cache)
{
    struct entries entries = {0};
    struct cache_size size;

    read_all(&entries, cache);
    size = (struct cache_size){entries.bytes, entries.count};
    release(&entries);
    return size;
}

bool cache_has_grown(const char *cache, uint64_t since_ns)
{
    char *folder = path_join(cache, "profiles");
    struct stat status;
    bool has = stat(folder, &status) == 0 &&
               (uint64_t)status.st_mtim.tv_sec * 1000000000U + (uint64_t)status.st_mtim.tv_nsec >=
                   since_ns;

    free(folder);
    return has;
}

static int compare_uses(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;

    if (is_before(&a->used, &b->used))
        return -1;
    return is_before(&b->used, &a->used) ? 1 : strcmp(a->path, b->path);
}

static void remove_oldest(struct entries *entries, uint64_t max_bytes)
{
    if (entries->bytes <= max_bytes)
        return;
    qsort(entries->items, entries->count, sizeof(*entries->items), compare_uses);
    for (size_t i = 0; i < entries->count && entries->bytes > max_bytes / 10 * 9; i++) {
        remove_entry(entries->items[i].path);
        entries->bytes -= entries->items[i].bytes;
    }
}

/* profile.XXXXXX and convert.XXXXXX, of builds that were killed. */
static void remove_remains(const char *cache)
{
    static const char *const starts[] = {"profile.", "convert."};
    time_t yesterday = time(NULL) - SECONDS_A_DAY;
    DIR *stream = opendir(cache);
    const struct dirent *file;
    struct stat status;

    while (stream && (file = readdir(stream)))
        for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
            if (strncmp(file->d_name, starts[i], strlen(starts[i])) == 0 &&
                fstatat(dirfd(stream), file->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                S_ISREG(status.st_mode) && status.st_mtim.tv_sec < yesterday)
                unlinkat(dirfd(stream), file->d_name, 0);
    if (stream)
        closedir(stream);
}

void cache_prune(const char *cache, int lock, uint64_t max_bytes)
{
    struct entries entries = {0};

    if (!set_lock(lock, F_WRLCK, F_OFD_SETLK))
        return;
    remove_remains(cache);
    read_all(&entries, cache);
    remove_oldest(&entries, max_bytes);
    release(&entries);
    if (!set_lock(lock, F_RDLCK, F_OFD_SETLK)) {
        /* it ends with the process, as it would have */
    }
}
