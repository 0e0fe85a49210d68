#include "metrics_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "program_note.h"

#define MALLOC_PATIENCE_NS 5000000

/* Of /proc/self/stat; field numbers as in proc(5). */
struct process {
    uint64_t threads, start_ticks, virtual_bytes, resident_pages;
};

static void gauge(struct metrics_text *text, const char *name, const char *help, uint64_t value)
{
    metrics_text_family(text, name, METRIC_GAUGE, help);
    metrics_text_count(text, name, "", "", value);
}

/* The start of a file of /proc, ended by a NUL. */
static bool read_start(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = '\0';
    return got > 0;
}

/* The name in parentheses may hold anything: fields are counted behind the last one. */
static bool read_process(struct process *process)
{
    char stat[1024];
    const char *rest;

    if (!read_start("/proc/self/stat", stat, sizeof(stat)) || !(rest = strrchr(stat, ')')))
        return false;
    if (sscanf(rest + 1, /* 3 state ... 20 num_threads, 21, 22 starttime, 23 vsize, 24 rss */
               " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %" SCNu64
               " %*d %" SCNu64 " %" SCNu64 " %" SCNu64,
               &process->threads, &process->start_ticks, &process->virtual_bytes,
               &process->resident_pages) != 4)
        return false;
    return true;
}

/*
 * Seconds since 1970: the system's start plus the process's ticks. The two clocks are not read at
 * the same moment: rounded to a hundredth, so that it stays the same from page to page.
 */
static double start_seconds(uint64_t start_ticks)
{
    int64_t boot_ns = clock_read_ns(CLOCK_REALTIME) - clock_read_ns(CLOCK_BOOTTIME);
    double seconds = (double)boot_ns / 1e9 + (double)start_ticks / (double)sysconf(_SC_CLK_TCK);

    return (double)(int64_t)(seconds * 100 + 0.5) / 100;
}

static void write_files(struct metrics_text *text)
{
    DIR *folder = opendir("/proc/self/fd");
    uint64_t count = 0;
    struct rlimit limit;

    if (folder) {
        for (struct dirent *entry; (entry = readdir(folder));)
            count += entry->d_name[0] != '.';
        closedir(folder);
        gauge(text, "process_open_fds", "Open file descriptors.", count ? count - 1 : 0);
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        gauge(text, "process_max_fds", "Limit of open file descriptors.", limit.rlim_cur);
}

static uint64_t thread_cpu_ns(void)
{
    return (uint64_t)clock_read_ns(CLOCK_THREAD_CPUTIME_ID);
}

/*
 * glibc walks its lists of free chunks under the locks that malloc() needs: 190 ns a chunk (191 ms
 * for a million), in which the program would wait. Once it took longer than a program may notice,
 * it is not asked again, and these lines are no longer on the page. By the server's thread alone.
 */
static void write_malloc(struct metrics_text *text)
{
    static bool too_slow;
    struct mallinfo2 last;
    uint64_t before_ns = thread_cpu_ns();

    if (too_slow)
        return;
    last = mallinfo2();
    too_slow = thread_cpu_ns() - before_ns > MALLOC_PATIENCE_NS;
    gauge(text, "process_malloc_used_bytes", "Bytes that malloc has handed out, of glibc's.",
          last.uordblks + last.hblkhd);
    gauge(text, "process_malloc_free_bytes", "Bytes that malloc holds and has not handed out.",
          last.fordblks);
    gauge(text, "process_malloc_mapped_bytes", "Bytes in large blocks, mapped one by one.",
          last.hblkhd);
}

void metrics_write_process(struct metrics_text *text)
{
    struct process process;
    struct rusage usage;

    metrics_text_family(text, "process_cpu_seconds_total", METRIC_COUNTER,
                        "CPU time of all threads, of the program and of the system for it.");
    getrusage(RUSAGE_SELF, &usage);
    metrics_text_value(text, "process_cpu_seconds_total", "", "",
                       (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
    if (read_process(&process)) {
        metrics_text_family(text, "process_start_time_seconds", METRIC_GAUGE,
                            "Start of the process, in seconds since 1970.");
        metrics_text_value(text, "process_start_time_seconds", "", "",
                           start_seconds(process.start_ticks));
        gauge(text, "process_resident_memory_bytes", "Memory in RAM.",
              process.resident_pages * (uint64_t)sysconf(_SC_PAGESIZE));
        gauge(text, "process_virtual_memory_bytes", "Address space in use.", process.virtual_bytes);
        gauge(text, "process_threads", "Threads, those of libpgocollect as well.", process.threads);
    }
    write_files(text);
    write_malloc(text);
}

void metrics_write_build(struct metrics_text *text)
{
    struct strbuf labels = {0}, build_id = {0}, profile = {0};

    program_note_build_id(&build_id);
    program_note_profile(&profile);
    metrics_text_label(&labels, "version", PGO_VERSION);
    metrics_text_label(&labels, "build_id", strbuf_text(&build_id));
    metrics_text_label(&labels, "profile", strbuf_text(&profile));
    metrics_text_family(text, "pgo_build_info", METRIC_INFO,
                        "Version of libpgocollect; the program's build id, and the profile that it "
                        "was built with.");
    metrics_text_count(text, "pgo_build_info", "", labels.data, 1);
    strbuf_release(&labels);
    strbuf_release(&build_id);
    strbuf_release(&profile);
}
