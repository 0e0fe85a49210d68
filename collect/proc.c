#include "proc.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "profile/maps_line.h"

#define MAPS_MAX_BYTES ((size_t)256 * 1024 * 1024)

/* The entries of a folder that are numbers. */
static int *list_numbers(const char *path, size_t *count)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    size_t capacity = 0;
    int *numbers = NULL;
    uint64_t number;

    *count = 0;
    while (folder && (entry = readdir(folder)))
        if (number_parse_u64(entry->d_name, &number) && number <= INT32_MAX)
            *ARRAY_PUSH(numbers, *count, capacity) = (int)number;
    if (folder)
        closedir(folder);
    return numbers;
}

int *proc_threads(pid_t pid, size_t *count)
{
    char *path = mem_format("/proc/%d/task", (int)pid);
    int *tids = list_numbers(path, count);

    free(path);
    return tids;
}

int *proc_list(size_t *count)
{
    return list_numbers("/proc", count);
}

static void map_line(const char *text, pid_t pid, struct trace *trace)
{
    struct maps_line line;
    struct perf_record_map map;

    if (!maps_line_read(text, &line) || !line.is_executable)
        return;
    map = (struct perf_record_map){
        .start_ip = line.start_ip,
        .limit_ip = line.limit_ip,
        .pgoff = line.pgoff,
        .name = line.path[0] ? line.path : "//anon", /* the kernel's word in MMAP2 */
    };
    trace_map(trace, (uint32_t)pid, &map);
}

void proc_map(pid_t pid, struct trace *trace)
{
    char *path = mem_format("/proc/%d/maps", (int)pid);
    struct strbuf text = {0};
    struct err ignored = {0};

    if (file_read(path, MAPS_MAX_BYTES, &text, &ignored))
        for (char *line = text.data, *end; line && (end = strchr(line, '\n')); line = end + 1) {
            *end = '\0';
            map_line(line, pid, trace);
        }
    strbuf_release(&text);
    free(path);
}

char *proc_program(pid_t pid)
{
    char *path = mem_format("/proc/%d/comm", (int)pid);
    struct strbuf text = {0};
    struct err ignored = {0};
    char *name;

    if (file_read(path, 256, &text, &ignored) && text.len)
        text.data[text.len - 1] = '\0'; /* the newline */
    name = mem_strdup(strbuf_text(&text));
    strbuf_release(&text);
    free(path);
    return name;
}
