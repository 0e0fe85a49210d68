#include "import_script.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "binary/image.h"
#include "processes.h"
#include "profile/perf_script.h"
#include "profile/stacks.h"

/* A file that frames name, and how many of them its symbols agree with. */
struct script_file {
    struct image *image; /* NULL: not here */
    uint64_t agreeing, differing;
};

/* The name that the text has for the code at `ip` of a file. */
struct name_key {
    uint64_t ip;
    uint64_t file; /* its id; 64 bits, so that there is no padding */
};

struct scripting {
    const struct import_options *options;
    struct binaries *binaries;
    struct byteset file_names; /* by id: */
    struct script_file *files;
    size_t file_count, file_capacity;
    struct code_mapping *mappings; /* by file */
    size_t mapping_count, mapping_capacity;
    struct byteset names; /* name_key; by id: */
    const char **symbols; /* in `texts` */
    size_t symbol_count, symbol_capacity;
    struct byteset texts;
    struct processes processes;
    struct stacks stacks;
    uint64_t *periods; /* by stack */
    size_t period_count, period_capacity;
    struct stack_frame *frames;
    size_t frame_capacity;
    uint64_t sample_count, kernel_count, unasked_count, other_count, first_ns, last_ns;
    char *event; /* the one that counts; NULL: none seen yet */
};

static bool is_kernel(uint64_t ip)
{
    return ip >> 63;
}

/* The kernel and its modules, "[vdso]", "[unknown]" are no files; what has no "/" is not looked
 * for. */
static struct image *find_image(struct scripting *scripting, const char *name)
{
    return name[0] == '/' ? binaries_find_by_name(scripting->binaries, name) : NULL;
}

static uint32_t add_file(struct scripting *scripting, const char *name)
{
    uint32_t id = byteset_add_text(&scripting->file_names, name);

    if (id < scripting->file_count)
        return id;
    name = byteset_at(&scripting->file_names, id, NULL);
    *ARRAY_PUSH(scripting->files, scripting->file_count, scripting->file_capacity) =
        (struct script_file){.image = find_image(scripting, name)};
    *ARRAY_PUSH(scripting->mappings, scripting->mapping_count, scripting->mapping_capacity) =
        (struct code_mapping){.limit_ip = UINT64_MAX, .file = name, .build_id = ""};
    return id;
}

/* Of "ns::find<int>(char)" the "find", which is also in the linkage name. */
static bool is_named_so(const char *linkage_name, const char *symbol)
{
    size_t len = strcspn(symbol, "(<@"), start = len;
    char *word;
    bool is_it;

    while (start && symbol[start - 1] != ':' && symbol[start - 1] != ' ')
        start--;
    word = mem_format("%.*s", (int)(len - start), symbol + start);
    is_it = word[0] && strstr(linkage_name, word);
    free(word);
    return is_it;
}

/* Once for each place: do the symbols of the file say the same? */
static void compare_symbol(struct script_file *file, uint64_t off, const char *symbol)
{
    const struct image_symbol *found = NULL;
    uint64_t vaddr;

    if (!file->image || strcmp(symbol, "[unknown]") == 0)
        return;
    if (image_off_to_vaddr(file->image, off, &vaddr))
        found = image_find_symbol(file->image, vaddr);
    if (found && is_named_so(found->name, symbol))
        file->agreeing++;
    else
        file->differing++;
}

static struct stack_frame take_frame(struct scripting *scripting,
                                     const struct perf_script_frame *from, bool is_leaf)
{
    uint32_t file = add_file(scripting, from->file);
    uint64_t ip = from->ip - (!is_leaf && from->ip);
    struct name_key key = {ip, file};

    if (byteset_add(&scripting->names, &key, sizeof(key)) == scripting->symbol_count) {
        uint32_t text = byteset_add_text(&scripting->texts, from->symbol);

        *ARRAY_PUSH(scripting->symbols, scripting->symbol_count, scripting->symbol_capacity) =
            byteset_at(&scripting->texts, text, NULL);
        compare_symbol(&scripting->files[file], ip, from->symbol);
    }
    return (struct stack_frame){.ip = ip, .mapping = file};
}

static bool is_asked_for(const struct scripting *scripting, const struct perf_script_sample *sample)
{
    const struct import_options *options = scripting->options;
    bool has_pid = !options->pid_count, has_comm = !options->comm_count;

    for (size_t i = 0; i < options->pid_count; i++)
        has_pid = has_pid || options->pids[i] == sample->pid;
    for (size_t i = 0; i < options->comm_count; i++)
        has_comm = has_comm || strcmp(options->comms[i], sample->comm) == 0;
    return has_pid && has_comm;
}

/* The first one, unless another was asked for. */
static bool is_of_event(struct scripting *scripting, const char *event)
{
    if (!scripting->event)
        scripting->event =
            mem_strdup(scripting->options->event ? scripting->options->event : event);
    return strcmp(scripting->event, event) == 0;
}

static void add_stack(struct scripting *scripting, const struct perf_script_sample *sample)
{
    uint32_t stack;
    size_t count = 0;

    for (size_t i = 0; i < sample->frame_count; i++)
        if (scripting->options->keeps_kernel || !is_kernel(sample->frames[i].ip))
            *ARRAY_PUSH(scripting->frames, count, scripting->frame_capacity) =
                take_frame(scripting, &sample->frames[i], i == 0);
    processes_name(&scripting->processes, sample->pid, sample->comm);
    stack = stacks_add_tagged(&scripting->stacks, processes_tag(&scripting->processes, sample->pid),
                              scripting->frames, count, 1);
    if (stack == scripting->period_count)
        *ARRAY_PUSH(scripting->periods, scripting->period_count, scripting->period_capacity) = 0;
    scripting->periods[stack] = saturating_add(scripting->periods[stack], sample->period);
    scripting->sample_count++;
}

static void note_time(struct scripting *scripting, uint64_t time_ns)
{
    if (time_ns && (!scripting->first_ns || time_ns < scripting->first_ns))
        scripting->first_ns = time_ns;
    if (time_ns > scripting->last_ns)
        scripting->last_ns = time_ns;
}

static void add_sample(struct scripting *scripting, const struct perf_script_sample *sample)
{
    if (!sample->frame_count || !is_of_event(scripting, sample->event)) {
        scripting->other_count++;
        return;
    }
    note_time(scripting, sample->time_ns);
    if (!is_asked_for(scripting, sample))
        scripting->unasked_count++;
    else if (is_kernel(sample->frames[0].ip) && !scripting->options->keeps_kernel)
        scripting->kernel_count++;
    else
        add_stack(scripting, sample);
}

/* A file that was rebuilt, or a text with ips: names are all that can be trusted. */
static void believe_files(struct scripting *scripting)
{
    for (size_t i = 0; i < scripting->file_count; i++) {
        struct script_file *file = &scripting->files[i];

        if (file->image && file->agreeing <= file->differing)
            file->image = NULL;
        if (file->image)
            scripting->mappings[i].build_id = image_build_id(file->image);
    }
}

static void fill_values(const void *context, uint32_t id, int64_t *values)
{
    const struct scripting *scripting = context;
    uint64_t period = scripting->periods[id];

    values[0] = (int64_t)scripting->stacks.counts[id];
    values[1] = period > INT64_MAX ? INT64_MAX : (int64_t)period;
}

/* What no binary will name has the text's name. */
static void add_names(struct scripting *scripting, struct profile *profile)
{
    struct byteset functions = {0};

    for (size_t i = 0; i < profile->location_count; i++) {
        struct profile_location *location = &profile->locations[i];
        struct profile_function function = {.file = profile_intern(profile, "")};
        struct name_key key = {.ip = location->ip};
        uint32_t file, name, id;
        const char *mapped = profile->mappings[location->mapping].file;

        if (!byteset_find(&scripting->file_names, mapped, strlen(mapped), &file) ||
            scripting->files[file].image)
            continue;
        key.file = file;
        if (!byteset_find(&scripting->names, &key, sizeof(key), &name))
            continue;
        function.name = function.system_name = profile_intern(profile, scripting->symbols[name]);
        id = byteset_add_text(&functions, function.name);
        if (id == profile->function_count)
            profile_add_function(profile, &function);
        location->lines = arena_array(&profile->arena, 1, sizeof(*location->lines));
        location->lines[0].function = id;
        location->line_count = 1;
        location->ip = 0; /* nothing says whether it is an ip */
    }
    byteset_release(&functions);
}

static struct profile *build_profile(struct scripting *scripting)
{
    struct profile *profile = profile_new();
    struct arena arena = {0};
    uint64_t sum = 0;
    bool is_clock = strstr(scripting->event, "clock") != NULL;

    profile_add_value_type(profile, "samples", "count");
    profile_add_value_type(profile, is_clock ? "cpu" : profile_intern(profile, scripting->event),
                           is_clock ? "nanoseconds" : "count");
    for (size_t i = 0; i < scripting->period_count; i++)
        sum = saturating_add(sum, scripting->periods[i]);
    profile->period_type = profile->value_types[1];
    profile->period = (int64_t)(sum / scripting->sample_count & INT64_MAX);
    profile->duration_ns = (int64_t)((scripting->last_ns - scripting->first_ns) & INT64_MAX);
    profile_add_comment(profile, "pgo-collect %s, import", PGO_VERSION);
    profile_add_comment(profile, "sampler: perf, %s, as text", scripting->event);
    profile_add_comment(profile, "samples: %" PRIu64 ", within the kernel, left out: %" PRIu64,
                        scripting->sample_count, scripting->kernel_count);
    believe_files(scripting);
    stacks_build_values(
        &scripting->stacks,
        scripting->processes.tags.count > 1 ? processes_labels(&scripting->processes, &arena)
                                            : NULL,
        scripting->mappings, scripting->mapping_count, fill_values, scripting, profile);
    add_names(scripting, profile);
    arena_release(&arena);
    return profile;
}

static bool explain_none(const struct scripting *scripting, struct err *err)
{
    err_set(err, ERR_NOT_FOUND,
            "no samples, nothing written: %" PRIu64 " within the kernel, %" PRIu64
            " of other processes, %" PRIu64 " of other events or without a stack",
            scripting->kernel_count, scripting->unasked_count, scripting->other_count);
    return err_hint(err, "the text of `perf script` has stacks if it was recorded with -g; "
                         "--event, --pid, --comm and --kernel choose");
}

static void summarize(const struct scripting *scripting, struct strbuf *out)
{
    uint64_t all = scripting->sample_count + scripting->kernel_count + scripting->unasked_count;

    strbuf_add_format(out, "%" PRIu64 " samples (%s, as text)", scripting->sample_count,
                      scripting->event);
    if (scripting->kernel_count)
        strbuf_add_format(out, "; %.1f%% (%" PRIu64 "/%" PRIu64 ") within the kernel, left out",
                          100.0 * (double)scripting->kernel_count / (double)all,
                          scripting->kernel_count, all);
}

static void release(struct scripting *scripting)
{
    byteset_release(&scripting->file_names);
    byteset_release(&scripting->names);
    byteset_release(&scripting->texts);
    processes_release(&scripting->processes);
    stacks_release(&scripting->stacks);
    free(scripting->files);
    free(scripting->mappings);
    free(scripting->symbols);
    free(scripting->periods);
    free(scripting->frames);
    free(scripting->event);
}

bool import_script(const struct file_map *map, const struct import_options *options,
                   struct binaries *binaries, struct imported *imported, struct err *err)
{
    const char *text = map->data;
    struct perf_script script = {.next = text, .end = text + map->len};
    struct scripting scripting = {.options = options, .binaries = binaries};
    struct perf_script_sample sample;
    bool done;

    while (perf_script_next(&script, &sample))
        add_sample(&scripting, &sample);
    done = scripting.sample_count || explain_none(&scripting, err);
    if (done) {
        imported->profile = build_profile(&scripting);
        summarize(&scripting, &imported->summary);
    }
    perf_script_release(&script);
    release(&scripting);
    return done;
}
