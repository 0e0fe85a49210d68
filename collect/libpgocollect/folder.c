#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/talk.h"
#include "collector.h"
#include "heap.h"
#include "survive.h"

#define SUFFIX      ".pprof.gz"
#define HEAP_SUFFIX ".heap.gz" /* another one: what converts a folder's profiles is for time */
#define NS_PER_MS   INT64_C(1000000)

struct folder {
    char *dir, *name; /* the program's */
    int64_t interval_ns, due_ns;
    uint64_t bytes_max;
    struct window *window;
    uint64_t heap_sample_count; /* of the last heap profile */
    bool has_failed;            /* and it was said */
};

/* A dot or a slash in it would be one of ours. */
static char *program_name(void)
{
    char *name = mem_strdup(program_invocation_short_name);

    for (char *c = name; *c; c++)
        if (*c == '/' || *c == '.' || (unsigned char)*c <= ' ' || *c == 0x7f)
            *c = '_';
    return name;
}

struct opening {
    const struct settings *settings;
    struct folder *folder;
    struct err *err;
};

static void open_work(void *data)
{
    struct opening *opening = data;
    const struct settings *settings = opening->settings;
    struct folder *folder;

    if (!file_make_folders(settings->dir, opening->err))
        return;
    folder = mem_alloc(sizeof(*folder));
    folder->dir = mem_strdup(settings->dir);
    folder->name = program_name();
    folder->bytes_max = settings->dir_max_bytes;
    folder->interval_ns = (int64_t)settings->interval_s * CLOCK_NS_PER_S;
    folder->due_ns = clock_steady_ns() + folder->interval_ns;
    opening->folder = folder;
}

struct folder *folder_open(const struct settings *settings, struct err *err)
{
    struct opening opening = {.settings = settings, .err = err};

    if (!survive_run(open_work, &opening)) {
        err_set(err, ERR_LIMIT, "out of memory");
        return NULL;
    }
    if (!opening.folder)
        return NULL;
    opening.folder->window = collector_open_window(err);
    if (!opening.folder->window) {
        folder_close(opening.folder);
        return NULL;
    }
    return opening.folder;
}

void folder_close(struct folder *folder)
{
    struct err err = {0};

    if (folder->window && !collector_close_window(folder->window, NULL, NULL, &err))
        talk_error(&err);
    free(folder->dir);
    free(folder->name);
    free(folder);
}

void folder_forget(struct folder *folder)
{
    folder->window = NULL;
    folder_close(folder);
}

/* NAME.PID.TIME and the suffix, in the folder. */
static char *make_path(const struct folder *folder, const char *suffix)
{
    struct timespec now;
    struct tm utc;
    char time[32];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(time, sizeof(time), "%Y%m%dT%H%M%S", &utc);
    return mem_format("%s/%s.%d.%s.%03dZ%s", folder->dir, folder->name, (int)getpid(), time,
                      (int)(now.tv_nsec / NS_PER_MS), suffix);
}

struct old_file {
    char *path;
    struct timespec time;
    uint64_t bytes;
};

static int compare_age(const void *a, const void *b)
{
    const struct old_file *first = a, *second = b;

    if (first->time.tv_sec != second->time.tv_sec)
        return first->time.tv_sec < second->time.tv_sec ? -1 : 1;
    if (first->time.tv_nsec != second->time.tv_nsec)
        return first->time.tv_nsec < second->time.tv_nsec ? -1 : 1;
    return strcmp(first->path, second->path);
}

/* 0 in the form is any digit. Returns what is behind it, or NULL. */
static const char *skip_form(const char *text, const char *form)
{
    for (; *form; form++, text++)
        if (*form == '0' ? *text < '0' || *text > '9' : *text != *form)
            return NULL;
    return text;
}

/* Of the form of make_path(): other profiles in the folder are somebody's own. */
static bool is_ours(const char *name)
{
    const char *dot = strchr(name, '.'), *rest;
    size_t digits = dot && dot > name ? strspn(dot + 1, "0123456789") : 0;

    rest = digits ? skip_form(dot + 1 + digits, ".00000000T000000.000Z") : NULL;
    return rest && (strcmp(rest, SUFFIX) == 0 || strcmp(rest, HEAP_SUFFIX) == 0);
}

static struct old_file *list_files(const char *dir, size_t *count, uint64_t *bytes)
{
    struct old_file *files = NULL;
    size_t capacity = 0;
    DIR *handle = opendir(dir);
    struct dirent *entry;
    struct stat status;

    while (handle && (entry = readdir(handle))) {
        if (!is_ours(entry->d_name) ||
            fstatat(dirfd(handle), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(status.st_mode))
            continue;
        *ARRAY_PUSH(files, *count, capacity) = (struct old_file){
            mem_format("%s/%s", dir, entry->d_name), status.st_mtim, (uint64_t)status.st_size};
        *bytes += (uint64_t)status.st_size;
    }
    if (handle)
        closedir(handle);
    return files;
}

void folder_prune(const char *dir, uint64_t bytes_max, const char *keep)
{
    uint64_t bytes = 0;
    size_t count = 0;
    struct old_file *files = list_files(dir, &count, &bytes);

    if (count)
        qsort(files, count, sizeof(*files), compare_age);
    for (size_t i = 0; i < count; i++) {
        if (bytes > bytes_max && strcmp(files[i].path, keep) != 0 && unlink(files[i].path) == 0)
            bytes -= files[i].bytes;
        free(files[i].path);
    }
    free(files);
}

struct writing {
    struct folder *folder;
    const struct strbuf *pprof;
    const char *suffix;
    struct err *err;
    bool done;
};

static void write_work(void *data)
{
    struct writing *writing = data;
    struct folder *folder = writing->folder;
    char *path = make_path(folder, writing->suffix);

    writing->done =
        file_write(path, writing->pprof->data, writing->pprof->len, FILE_REPLACE, writing->err);
    if (writing->done)
        folder_prune(folder->dir, folder->bytes_max, path);
    free(path);
}

static void say_once(struct folder *folder, const struct err *err)
{
    if (!folder->has_failed)
        talk_error(err);
    folder->has_failed = true;
}

static bool write_file(struct folder *folder, const struct strbuf *pprof, const char *suffix,
                       struct err *err)
{
    struct writing writing = {.folder = folder, .pprof = pprof, .suffix = suffix, .err = err};

    return (survive_run(write_work, &writing) || err_set(err, ERR_LIMIT, "out of memory")) &&
           writing.done;
}

static bool close_window(struct folder *folder, struct err *err)
{
    struct strbuf pprof = {0};
    uint64_t weight = 0;
    bool done = collector_close_window(folder->window, &pprof, &weight, err);

    if (done && weight)
        done = write_file(folder, &pprof, SUFFIX, err);
    strbuf_release(&pprof);
    return done;
}

/* Nothing if no allocation was sampled since the last one. */
static bool write_heap(struct folder *folder, struct err *err)
{
    struct strbuf pprof = {0};
    struct heap_stats stats;
    bool done;

    if (!heap_read_stats(&stats) || stats.sample_count == folder->heap_sample_count)
        return true;
    folder->heap_sample_count = stats.sample_count;
    done = heap_write(&pprof, err) && write_file(folder, &pprof, HEAP_SUFFIX, err);
    strbuf_release(&pprof);
    return done;
}

void folder_write(struct folder *folder)
{
    struct err err = {0};

    folder->due_ns += folder->interval_ns;
    if (folder->window && !close_window(folder, &err))
        say_once(folder, &err);
    if (!write_heap(folder, &err))
        say_once(folder, &err);
    folder->window = collector_open_window(&err);
    if (!folder->window)
        say_once(folder, &err);
}

void folder_write_if_due(struct folder *folder)
{
    if (clock_steady_ns() >= folder->due_ns)
        folder_write(folder);
}
