#include "preload.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/path.h"
#include "base/process.h"
#include "binary/image.h"
#include "profile/pprof.h"

#define LIBRARY "libpgocollect.so.0"
#define SUFFIX  ".pprof.gz"

/* Beside this program as it was built or installed; where it was to be installed. NULL: nowhere. */
static char *find_library(void)
{
    static const char *const places[] = {"../lib", "../" PGO_LIBDIR, PGO_FULL_LIBDIR};
    char *self = path_real("/proc/self/exe"), *folder = path_folder(self ? self : "");
    char *found = NULL;

    for (size_t i = 0; !found && i < ARRAY_SIZE(places); i++) {
        char *place = path_join(folder, places[i]), *path = path_join(place, LIBRARY);

        found = path_real(path);
        free(path);
        free(place);
    }
    free(folder);
    free(self);
    return found;
}

static bool make_folder(struct preload *preload, struct err *err)
{
    const char *parent = getenv("TMPDIR");

    preload->folder = mem_format("%s/pgo-collect.XXXXXX", parent && *parent ? parent : "/tmp");
    if (mkdtemp(preload->folder))
        return true;
    err_errno(err, preload->folder, "cannot make a folder");
    free(preload->folder);
    preload->folder = NULL;
    return err_hint(err, "TMPDIR names a folder for temporary files");
}

static void set_variables(struct preload *preload, const char *library, uint64_t hz)
{
    const char *others = getenv("LD_PRELOAD");
    char **next = preload->variables;

    *next++ = others && *others ? mem_format("LD_PRELOAD=%s:%s", library, others)
                                : mem_format("LD_PRELOAD=%s", library);
    *next++ = mem_format("PGO_COLLECT_DIR=%s", preload->folder);
    *next++ = mem_format("PGO_COLLECT_HZ=%llu", (unsigned long long)hz);
    *next++ = mem_strdup("PGO_COLLECT_INTERVAL=1s");
    *next++ = mem_strdup("PGO_COLLECT_DIR_MAX=1G"); /* until we come and take it */
}

bool preload_open(struct preload *preload, uint64_t hz, bool leaves_only, struct err *err)
{
    char *library = find_library();
    bool done = false;

    *preload = (struct preload){.leaves_only = leaves_only};
    if (!library)
        err_set(err, ERR_NOT_FOUND, "%s: not found in ../lib, nor in %s", LIBRARY, PGO_FULL_LIBDIR);
    else if (strpbrk(library, ": ")) /* which is where the loader ends a name */
        err_set(err, ERR_UNSUPPORTED, "%s: cannot be preloaded from a path with ':' or a space",
                library);
    else
        done = make_folder(preload, err);
    if (done)
        set_variables(preload, library, hz);
    free(library);
    return done;
}

char *const *preload_variables(const struct preload *preload)
{
    return preload->variables;
}

/* The trace's id of a mapping. Each is put alone into a space of its own, and looked up there. */
static uint64_t add_mapping(struct trace *trace, const struct profile_mapping *from)
{
    struct code_mapping mapping = {.start_ip = from->start_ip,
                                   .limit_ip = from->limit_ip,
                                   .pgoff = from->pgoff,
                                   .file = from->file,
                                   .build_id = from->build_id};

    address_spaces_clear(&trace->spaces, 0);
    address_spaces_map(&trace->spaces, 0, &mapping);
    return address_spaces_find(&trace->spaces, 0, from->start_ip);
}

static void add_sample(struct trace *trace, const struct profile *profile, const uint64_t *mappings,
                       const struct profile_sample *sample, bool leaves_only)
{
    size_t count = 0;

    if (sample->values[0] <= 0)
        return;
    for (uint32_t i = 0; i < sample->location_count && !(leaves_only && count); i++) {
        const struct profile_location *location = &profile->locations[sample->locations[i]];
        uint64_t mapping =
            location->mapping == PROFILE_NONE ? ADDRESS_SPACE_NONE : mappings[location->mapping];

        *ARRAY_PUSH(trace->frames, count, trace->frame_capacity) =
            (struct stack_frame){.ip = location->ip, .mapping = mapping};
    }
    stacks_add(&trace->stacks, trace->frames, count, (uint64_t)sample->values[0]);
    trace->sample_count += (uint64_t)sample->values[0];
}

static void add_profile(struct trace *trace, const struct profile *profile, bool leaves_only)
{
    uint64_t *mappings = mem_array(profile->mapping_count, sizeof(*mappings));

    for (size_t i = 0; i < profile->mapping_count; i++)
        mappings[i] = add_mapping(trace, &profile->mappings[i]);
    for (size_t i = 0; profile->value_type_count && i < profile->sample_count; i++)
        add_sample(trace, profile, mappings, &profile->samples[i], leaves_only);
    free(mappings);
}

/* NAME.PID.TIME.pprof.gz; no dot is in the name. */
static void count_process(struct trace *trace, const char *file)
{
    const char *dot = strchr(file, '.');
    char *text = mem_strdup(dot ? dot + 1 : ""), *end = strchr(text, '.');
    uint64_t pid;

    if (end)
        *end = '\0';
    if (end && number_parse_u64(text, &pid))
        byteset_add(&trace->pids, &pid, sizeof(pid));
    free(text);
}

static void read_file(struct preload *preload, struct trace *trace, const char *path)
{
    struct strbuf data = {0};
    struct err ignored = {0};
    struct profile *profile = NULL;

    if (file_read(path, PPROF_MAX_BYTES, &data, &ignored))
        profile = pprof_read(data.data, data.len, &ignored);
    if (profile) {
        add_profile(trace, profile, preload->leaves_only);
        count_process(trace, path_base(path));
    } else {
        preload->damaged++;
    }
    profile_free(profile);
    strbuf_release(&data);
}

static bool is_finished(const char *name)
{
    size_t len = strlen(name), suffix_len = strlen(SUFFIX);

    return len > suffix_len && strcmp(name + len - suffix_len, SUFFIX) == 0;
}

/* Everything in the folder goes; into the trace, if there is one and the file is finished. */
static void empty_folder(struct preload *preload, struct trace *trace)
{
    DIR *folder = opendir(preload->folder);
    struct dirent *entry;

    while (folder && (entry = readdir(folder))) {
        char *path = mem_format("%s/%s", preload->folder, entry->d_name);

        if (trace && is_finished(entry->d_name))
            read_file(preload, trace, path);
        if (!trace || is_finished(entry->d_name))
            unlink(path); /* no folder: "." and ".." stay */
        free(path);
    }
    if (folder)
        closedir(folder);
}

void preload_read(struct preload *preload, struct trace *trace)
{
    empty_folder(preload, trace);
}

void preload_close(struct preload *preload)
{
    if (preload->folder) {
        empty_folder(preload, NULL);
        rmdir(preload->folder);
    }
    for (size_t i = 0; i < ARRAY_SIZE(preload->variables); i++)
        free(preload->variables[i]);
    free(preload->folder);
    *preload = (struct preload){0};
}

const char *preload_obstacle(const char *command)
{
    char *path = process_find(command, NULL, NULL);
    const char *obstacle = NULL;
    struct stat status;

    if (path && stat(path, &status) == 0) {
        if (!image_needs_loader(path))
            obstacle = "is statically linked";
        else if (((status.st_mode & S_ISUID) && status.st_uid != getuid()) ||
                 ((status.st_mode & S_ISGID) && status.st_gid != getgid()) ||
                 (getuid() && getxattr(path, "security.capability", NULL, 0) > 0))
            obstacle = "has more rights than its user (setuid)";
    }
    free(path);
    return obstacle;
}
