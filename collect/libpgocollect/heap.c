#include "heap.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/talk.h"
#include "code_map.h"
#include "profile/pprof.h"
#include "profile/profile.h"
#include "profile/stacks.h"
#include "survive.h"

/* What the loader knows, asked once, when the library is loaded: in a child it may have no answer.
 */
static struct {
    const struct heap_source *source; /* NULL: not loaded */
    const void *called_malloc;        /* the program's */
    char malloc_file[256];
    char new_file[256]; /* has an operator new of its own, beside its malloc(); "": none */
} loaded;

static void *base_of(const void *function)
{
    Dl_info info;

    return function && dladdr(function, &info) ? info.dli_fbase : NULL;
}

static bool is_loaded(const char *library)
{
    void *handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);

    if (handle)
        dlclose(handle);
    return handle;
}

/* jemalloc's and tcmalloc's operator new comes to their own allocator, past anybody's malloc(). */
static void look_for_operator_new(void)
{
    const void *operator_new = dlsym(RTLD_DEFAULT, "_Znwm");
    void *handle;
    Dl_info info;

    if (!operator_new || !dladdr(operator_new, &info) || !info.dli_fname ||
        (!is_loaded("libstdc++.so.6") && !is_loaded("libc++.so.1")))
        return;
    handle = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    if (!handle)
        return;
    if (base_of(dlsym(handle, "malloc")) == info.dli_fbase)
        snprintf(loaded.new_file, sizeof(loaded.new_file), "%s", info.dli_fname);
    dlclose(handle);
}

static void look_up(void)
{
    Dl_info info;

    loaded.source = dlsym(RTLD_DEFAULT, HEAP_SOURCE_NAME);
    loaded.called_malloc = dlsym(RTLD_DEFAULT, "malloc");
    snprintf(loaded.malloc_file, sizeof(loaded.malloc_file), "%s",
             dladdr(loaded.called_malloc, &info) && info.dli_fname ? info.dli_fname
                                                                   : "another file");
    look_for_operator_new();
}

static const struct heap_source *find_source(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, look_up);
    return loaded.source;
}

/* Does the program call the library's malloc()? */
static bool is_called(const struct heap_source *source, struct err *err)
{
    if (loaded.called_malloc == (void *)source->allocate)
        return true;
    err_set(err, ERR_UNSUPPORTED, "the program's malloc() is in %s: no heap profile",
            loaded.malloc_file);
    return err_hint(err, "link the allocator as a shared library, behind libpgocollect_heap.so");
}

static bool say_not_loaded(struct err *err)
{
    err_set(err, ERR_UNSUPPORTED, "libpgocollect_heap.so is not loaded: no heap profile");
    return err_hint(err, "LD_PRELOAD=\"libpgocollect.so libpgocollect_heap.so\"");
}

bool heap_set_interval(uint64_t bytes, bool is_asked, struct err *err)
{
    const struct heap_source *source = find_source();

    if (!source)
        return !bytes || !is_asked || say_not_loaded(err);
    if (bytes && !is_called(source, err))
        return false;
    source->set_interval(bytes);
    if (bytes && !source->interval())
        return err_set(err, ERR_LIMIT, "no memory for a heap profile");
    if (bytes && *loaded.new_file)
        talk_warn("operator new of %s is not sampled, malloc() and its like are", loaded.new_file);
    return true;
}

/* What sampled, or why nothing did. */
static const struct heap_source *open_source(struct err *err)
{
    const struct heap_source *source = find_source();

    if (!source ? !say_not_loaded(err) : !is_called(source, err))
        return NULL;
    if (!source->interval()) {
        err_set(err, ERR_UNSUPPORTED, "PGO_COLLECT_HEAP=0: no heap profile");
        return NULL;
    }
    return source;
}

bool heap_read_stats(struct heap_stats *stats)
{
    struct err err = {0};
    const struct heap_source *source = open_source(&err);

    if (source)
        *stats = source->read_stats();
    return source;
}

/* The sums of the sites that are one stack. */
struct site_sums {
    uint64_t alloc_objects, alloc_bytes, free_objects, free_bytes;
};

struct heap_profile {
    const struct heap_source *source;
    struct strbuf *pprof;
    struct code_map code;
    struct stacks stacks;
    struct site_sums *sums; /* by id of the stack */
    size_t count, capacity;
};

static void add_site(struct heap_profile *heap, const struct heap_site *site)
{
    struct stack_frame *frames = mem_array(site->ip_count + 1, sizeof(*frames));
    struct site_sums *sums;
    uint32_t id;

    frames[0].mapping = ADDRESS_SPACE_NONE; /* of a stack that is not known */
    for (size_t i = 0; i < site->ip_count; i++)
        frames[i] = (struct stack_frame){site->ips[i], code_map_find(&heap->code, site->ips[i])};
    id = stacks_add(&heap->stacks, frames, site->ip_count ? site->ip_count : 1, site->alloc_bytes);
    free(frames);
    if (id == heap->count)
        *ARRAY_PUSH(heap->sums, heap->count, heap->capacity) = (struct site_sums){0};
    sums = &heap->sums[id];
    sums->alloc_objects += site->alloc_objects;
    sums->alloc_bytes += site->alloc_bytes;
    sums->free_objects += site->free_objects;
    sums->free_bytes += site->free_bytes;
}

static int64_t objects(uint64_t units)
{
    return (int64_t)((units + HEAP_OBJECT_UNIT / 2) / HEAP_OBJECT_UNIT);
}

/* A thread may have freed between the reading of two counters. */
static uint64_t in_use(uint64_t allocated, uint64_t freed)
{
    return allocated > freed ? allocated - freed : 0;
}

static void fill_values(const void *context, uint32_t id, int64_t *values)
{
    const struct site_sums *sums = &((const struct heap_profile *)context)->sums[id];

    values[0] = objects(sums->alloc_objects);
    values[1] = (int64_t)sums->alloc_bytes;
    values[2] = objects(in_use(sums->alloc_objects, sums->free_objects));
    values[3] = (int64_t)in_use(sums->alloc_bytes, sums->free_bytes);
}

static void describe(const struct heap_profile *heap, struct profile *profile)
{
    struct heap_stats stats = heap->source->read_stats();

    profile->time_ns = clock_read_ns(CLOCK_REALTIME);
    profile_add_value_type(profile, "alloc_objects", "count");
    profile_add_value_type(profile, "alloc_space", "bytes");
    profile_add_value_type(profile, "inuse_objects", "count");
    profile_add_value_type(profile, "inuse_space", "bytes");
    profile->default_type = profile_intern(profile, "inuse_space");
    profile->period_type = (struct profile_value_type){profile_intern(profile, "space"),
                                                       profile_intern(profile, "bytes")};
    profile->period = (int64_t)heap->source->interval();
    profile_add_comment(profile, "libpgocollect %s", PGO_VERSION);
    profile_add_comment(profile, "program: %s", program_invocation_short_name);
    profile_add_comment(
        profile, "allocations sampled: %llu, alive: %llu, not followed: %llu, stacks lost: %llu",
        (unsigned long long)stats.sample_count, (unsigned long long)stats.block_count,
        (unsigned long long)stats.untracked_count, (unsigned long long)stats.unknown_count);
}

static void write_profile(void *data)
{
    struct heap_profile *heap = data;
    struct profile *profile = profile_new();
    struct heap_site site;
    size_t position = 0;

    describe(heap, profile);
    code_map_refresh(&heap->code);
    while (heap->source->next_site(&position, &site))
        add_site(heap, &site);
    stacks_build_values(&heap->stacks, NULL, heap->code.mappings, heap->code.mapping_count,
                        fill_values, heap, profile);
    pprof_write(profile, heap->pprof);
    profile_free(profile);
    stacks_release(&heap->stacks);
    code_map_release(&heap->code);
    free(heap->sums);
}

bool heap_write(struct strbuf *pprof, struct err *err)
{
    struct heap_profile heap = {.source = open_source(err), .pprof = pprof};

    if (!heap.source)
        return false;
    return survive_run(write_profile, &heap) ||
           err_set(err, ERR_LIMIT, "out of memory: the profile is lost");
}
