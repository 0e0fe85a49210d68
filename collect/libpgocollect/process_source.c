#include "process_source.h"

#include <link.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "own_memory.h"
#include "profile/maps_line.h"

/* For so long an address where no code was is believed to have none. */
#define EPOCH_NS INT64_C(1000000000)

struct object {
    uint64_t start_ip, end_ip;           /* all segments */
    uint64_t code_start_ip, code_end_ip; /* from the first executable one to the last */
    uint64_t header_ip;
    uint64_t name; /* hashed: another file may come to lie at the same place */
};

struct objects {
    struct object *items;
    size_t count, capacity;
};

struct process_source {
    struct objects objects, scratch;
    struct objects code;    /* executable memory from /proc/self/maps, sorted */
    bool may_read_maps;     /* once an epoch */
    int64_t epoch_start_ns; /* CLOCK_MONOTONIC */
    uint64_t adds, removes; /* the loader's counters at the last look */
};

struct process_source *process_source_new(void)
{
    return calloc(1, sizeof(struct process_source));
}

void process_source_free(struct process_source *process)
{
    if (!process)
        return;
    free(process->objects.items);
    free(process->scratch.items);
    free(process->code.items);
    free(process);
}

static uint64_t hash_text(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash;
}

static void widen(uint64_t *start_ip, uint64_t *end_ip, uint64_t from_ip, uint64_t to_ip)
{
    if (*start_ip == *end_ip || from_ip < *start_ip)
        *start_ip = from_ip;
    if (to_ip > *end_ip)
        *end_ip = to_ip;
}

static struct object read_object(const struct dl_phdr_info *info)
{
    struct object object = {.name = hash_text(info->dlpi_name)};

    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uint64_t from_ip = info->dlpi_addr + segment->p_vaddr;
        uint64_t to_ip = from_ip + segment->p_memsz;

        if (segment->p_type == PT_GNU_EH_FRAME)
            object.header_ip = from_ip;
        if (segment->p_type != PT_LOAD)
            continue;
        widen(&object.start_ip, &object.end_ip, from_ip, to_ip);
        if (segment->p_flags & PF_X)
            widen(&object.code_start_ip, &object.code_end_ip, from_ip, to_ip);
    }
    return object;
}

/* One pass over the loader's list. Its lock is held: nothing is allocated here. */
struct pass {
    struct process_source *process;
    uint64_t adds, removes;
    size_t seen;
    bool is_changed;
};

static int visit(struct dl_phdr_info *info, size_t size, void *context)
{
    struct pass *pass = context;
    struct objects *objects = &pass->process->scratch;

    (void)size;
    if (!pass->seen) {
        pass->adds = info->dlpi_adds;
        pass->removes = info->dlpi_subs;
        pass->is_changed =
            pass->adds != pass->process->adds || pass->removes != pass->process->removes;
    }
    if (!pass->is_changed)
        return 1;
    if (pass->seen < objects->capacity)
        objects->items[pass->seen] = read_object(info);
    pass->seen++;
    return 0;
}

static bool is_same(const struct object *a, const struct object *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static bool is_in(const struct objects *objects, const struct object *object)
{
    for (size_t i = 0; i < objects->count; i++)
        if (is_same(&objects->items[i], object))
            return true;
    return false;
}

static void forget_others(struct row_table *rows, const struct objects *these,
                          const struct objects *others)
{
    for (size_t i = 0; i < these->count; i++)
        if (!is_in(others, &these->items[i]))
            row_table_forget(rows, these->items[i].start_ip, these->items[i].end_ip);
}

static void start_epoch_if_due(struct process_source *process, struct row_table *rows)
{
    int64_t now_ns = clock_steady_ns();

    if (now_ns - process->epoch_start_ns < EPOCH_NS)
        return;
    process->epoch_start_ns = now_ns;
    process->may_read_maps = true;
    row_table_next_epoch(rows);
}

/* What was known stays as it is until the new list is whole: memory may run out in between. */
void process_source_refresh(struct process_source *process, struct row_table *rows)
{
    struct pass pass = {.process = process};
    struct objects before = process->objects;

    start_epoch_if_due(process, rows);
    dl_iterate_phdr(visit, &pass);
    while (pass.is_changed && pass.seen > process->scratch.capacity) {
        process->scratch.items = array_grow(process->scratch.items, &process->scratch.capacity,
                                            pass.seen, sizeof(struct object));
        pass = (struct pass){.process = process};
        dl_iterate_phdr(visit, &pass);
    }
    if (!pass.is_changed)
        return;
    process->objects = process->scratch;
    process->objects.count = pass.seen;
    process->scratch = before;
    process->adds = pass.adds;
    process->removes = pass.removes;
    process->code.count = 0;
    process->may_read_maps = true;
    forget_others(rows, &before, &process->objects);
    forget_others(rows, &process->objects, &before);
}

static const struct object *find_code(const struct objects *objects, uint64_t ip)
{
    for (size_t i = 0; i < objects->count; i++)
        if (objects->items[i].code_start_ip <= ip && ip < objects->items[i].code_end_ip)
            return &objects->items[i];
    return NULL;
}

static void read_maps(struct process_source *process)
{
    enum { MAPS_MAX_BYTES = 16 << 20 };
    struct strbuf text = {0};
    struct maps_line line;
    struct err err = {0};

    process->code.count = 0;
    if (!file_read("/proc/self/maps", MAPS_MAX_BYTES, &text, &err))
        return;
    for (char *at = text.data, *end; at && (end = strchr(at, '\n')); at = end + 1) {
        *end = '\0';
        if (maps_line_read(at, &line) && line.is_executable)
            *ARRAY_PUSH(process->code.items, process->code.count, process->code.capacity) =
                (struct object){.code_start_ip = line.start_ip, .code_end_ip = line.limit_ip};
    }
    strbuf_release(&text);
}

static bool find_object(void *context, uint64_t ip, struct eh_object *object)
{
    struct process_source *process = context;
    const struct object *found = find_code(&process->objects, ip);

    if (!found)
        found = find_code(&process->code, ip);
    if (!found && process->may_read_maps) {
        process->may_read_maps = false;
        read_maps(process);
        found = find_code(&process->code, ip);
    }
    if (!found)
        return false;
    *object = (struct eh_object){found->code_start_ip, found->code_end_ip, found->header_ip};
    return true;
}

static bool read_object_memory(void *context, uint64_t ip, void *bytes, size_t len)
{
    const struct process_source *process = context;

    for (size_t i = 0; i < process->objects.count; i++) {
        const struct object *object = &process->objects.items[i];

        if (object->start_ip <= ip && ip < object->end_ip)
            return object->end_ip - ip >= len && own_memory_read(ip, bytes, len);
    }
    return false;
}

struct eh_source process_source(struct process_source *process)
{
    return (struct eh_source){find_object, read_object_memory, process};
}
