#include "slices.h"

#include <stdlib.h>
#include <string.h>

#include "base/content.h"
#include "base/file.h"
#include "base/path.h"
#include "cache.h"
#include "profile/sampleprof_binary.h"
#include "profile/sampleprof_read.h"
#include "profile/sampleprof_slice.h"
#include "record.h"
#include "slice_index.h"
#include "store.h"

#define MAX_TEXT_BYTES ((size_t)2 * 1024 * 1024 * 1024)

/* A source file, and the units of the map that are meant by it. */
struct sliced_file {
    const char *key;    /* as the index has it */
    const char **paths; /* of its units */
    size_t path_count, path_capacity;
    const char **names; /* of its functions */
    size_t name_count, name_capacity;
};

struct slicing {
    const struct slices_place *place;
    const char *source; /* the user's file */
    const struct sampleprof *tree;
    struct sampleprof_summary summary;
    struct byteset keys;
    struct sliced_file *files; /* by index in `keys` */
    size_t file_count, file_capacity;
    struct strbuf index;
};

/* The path seen from the folder, as a key, if there is such a file; free() it. */
static char *find_in(const struct slicing *slicing, const char *folder, const char *path)
{
    char *joined = path_join(folder, path), *absolute = path_absolute(joined), *key = NULL;

    if (file_exists(absolute))
        key = mem_strdup(slice_index_key(slicing->place->root, absolute));
    free(joined);
    free(absolute);
    return key;
}

/*
 * Which file a unit of the map is. Relative paths are below the root, or below the folder of the
 * profile if that was a project of its own. An absolute one may be of another checkout: the longest
 * end of it that is a file below the root. Too many names in a slice do no harm, and what is
 * missing is found after the compile, so that a wrong guess costs time at most.
 */
static char *find_file(const struct slicing *slicing, const char *path)
{
    char *folder = path_folder(slicing->source), *key = NULL;
    const char *root = slicing->place->root;

    if (path[0] != '/') {
        key = find_in(slicing, root, path);
        if (!key)
            key = find_in(slicing, folder, path);
    } else if (path_is_below(path, root)) {
        key = mem_strdup(slice_index_key(root, path));
    }
    for (const char *end = path; path[0] == '/' && end && !key; end = strchr(end + 1, '/'))
        key = find_in(slicing, root, end + 1);
    free(folder);
    return key ? key : mem_strdup(path); /* generated, perhaps, and not there yet */
}

/* The one of that key: found, or added. */
static struct sliced_file *file_of(struct slicing *slicing, const char *key)
{
    uint32_t id = byteset_add_text(&slicing->keys, key);

    if (id == slicing->file_count)
        *ARRAY_PUSH(slicing->files, slicing->file_count, slicing->file_capacity) =
            (struct sliced_file){.key = byteset_at(&slicing->keys, id, NULL)};
    return &slicing->files[id];
}

static void add_unit(struct slicing *slicing, const struct sampleprof_unit *unit)
{
    char *key = find_file(slicing, unit->path);
    struct sliced_file *file = file_of(slicing, key);

    free(key);
    *ARRAY_PUSH(file->paths, file->path_count, file->path_capacity) = unit->path;
    for (uint32_t i = 0; i < unit->names.count; i++)
        *ARRAY_PUSH(file->names, file->name_count, file->name_capacity) =
            byteset_at(&unit->names, i, NULL);
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/*
 * The path of the profile that holds these functions, with their names beside it (moved.h). A
 * function that is `is_static` in the tree has others of its name beside it.
 */
static char *keep(const char *cache, const struct strbuf *bytes,
                  const struct sampleprof_function *const *functions, size_t count,
                  bool without_static, enum file_overwrite how, struct err *err)
{
    char *path = store_put(cache, "default.prof", bytes, how, err), *folder, *names_path;
    const char **names = mem_array(count, sizeof(*names));
    struct strbuf text = {0};
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (!without_static || !functions[i]->is_static)
            names[kept++] = functions[i]->name;
    if (kept)
        qsort(names, kept, sizeof(*names), compare_names);
    strbuf_add_char(&text, '\n'); /* so that it is never empty, which cannot be mapped */
    for (size_t i = 0; i < kept; i++)
        strbuf_add_format(&text, "%s\n", names[i]);
    folder = path ? path_folder(path) : NULL;
    names_path = path ? path_join(folder, "names") : NULL;
    if (path && !store_write(names_path, &text, how, err)) {
        free(path);
        path = NULL;
    }
    strbuf_release(&text);
    free(names);
    free(folder);
    free(names_path);
    return path;
}

/* Cuts the file's slice, keeps it, and notes it in the index. */
static bool add_slice(struct slicing *slicing, struct slicer *slicer, struct sliced_file *file,
                      struct err *err)
{
    const struct sampleprof_function **functions;
    struct strbuf bytes = {0};
    bool is_apart;
    size_t count;
    char *path;

    *ARRAY_PUSH(file->paths, file->path_count, file->path_capacity) = NULL;
    functions = slicer_cut(slicer, file->names, file->name_count, file->paths, &count, &is_apart);
    sampleprof_write_binary(slicing->tree, functions, count, &slicing->summary, &bytes);
    path = keep(slicing->place->cache, &bytes, functions, count, false, FILE_REPLACE_UNSYNCED, err);
    if (path) {
        record_add(&slicing->index, file->key);
        record_add(&slicing->index, path);
        if (is_apart)
            record_add(&slicing->index, "apart");
        record_end(&slicing->index);
    }
    strbuf_release(&bytes);
    free(functions);
    free(path);
    return path != NULL;
}

/* Functions that were found in a file's object (moved.h); those of a file without a unit wait. */
static void add_moved(struct slicing *slicing, char *text)
{
    struct record record;
    uint32_t id;

    while (record_next(&text, &record)) {
        const char *key = record_field(&record, 1);
        struct sliced_file *file;

        if (strcmp(record.fields[0], slicing->source) != 0 ||
            !byteset_find(&slicing->keys, key, strlen(key), &id))
            continue;
        file = &slicing->files[id];
        *ARRAY_PUSH(file->names, file->name_count, file->name_capacity) = record_field(&record, 2);
    }
}

/* By the bytes that stand in the index. */
static int compare_files(const void *left, const void *right)
{
    const struct sliced_file *a = left, *b = right;
    struct strbuf first = {0}, second = {0};
    int order;

    record_add(&first, a->key);
    record_add(&second, b->key);
    first.data[first.len - 1] = second.data[second.len - 1] = '\0'; /* the tab */
    order = strcmp(first.data, second.data);
    strbuf_release(&first);
    strbuf_release(&second);
    return order;
}

static bool add_slices(struct slicing *slicing, struct err *err)
{
    struct slicer *slicer = slicer_new(slicing->tree);
    bool done = true;

    if (slicing->file_count)
        qsort(slicing->files, slicing->file_count, sizeof(*slicing->files), compare_files);
    for (size_t i = 0; done && i < slicing->file_count; i++)
        done = add_slice(slicing, slicer, &slicing->files[i], err);
    slicer_free(slicer);
    return done;
}

static void slicing_release(struct slicing *slicing)
{
    for (size_t i = 0; i < slicing->file_count; i++) {
        free(slicing->files[i].paths);
        free(slicing->files[i].names);
    }
    free(slicing->files);
    byteset_release(&slicing->keys);
    strbuf_release(&slicing->index);
}

static bool slice_tree(struct sampleprof *tree, const char *source,
                       const struct slices_place *place, const char *index, char *moved,
                       struct err *err)
{
    struct slicing slicing = {.place = place, .source = source, .tree = tree};
    char *folder = path_folder(index);
    bool done;

    sampleprof_summarize_tree(tree, &slicing.summary);
    for (size_t i = 0; i < tree->unit_count; i++)
        add_unit(&slicing, &tree->units[i]);
    add_moved(&slicing, moved);
    done = add_slices(&slicing, err) && file_sync(place->cache, err) &&
           file_make_folders(folder, err) &&
           file_write(index, strbuf_text(&slicing.index), slicing.index.len, FILE_REPLACE, err);
    slicing_release(&slicing);
    free(folder);
    return done;
}

/* The text's path is named by its content; which file a unit is depends on the rest. */
static char *index_path(const struct profile *profile, const struct slices_place *place,
                        const struct strbuf *moved)
{
    char *facts = mem_format("%s\n%s\n%s\n%s\n%s", profile->text, profile->source, place->root,
                             PGO_VERSION, content_name(moved->data, moved->len).text);
    struct content_name name = content_name(facts, strlen(facts));

    free(facts);
    return mem_format("%s/slices/%s", place->state, name.text);
}

/* Is there an index, and every slice in it? */
static bool are_kept(const char *index)
{
    struct strbuf text = {0};
    struct err ignored = {0};
    struct record record;
    bool kept = cache_touch(index) && file_read(index, MAX_TEXT_BYTES, &text, &ignored);

    for (char *rest = text.data; kept && record_next(&rest, &record);)
        kept = cache_touch(record_field(&record, 1));
    strbuf_release(&text);
    return kept;
}

static bool read_moved(const struct slices_place *place, struct strbuf *moved, struct err *err)
{
    char *path = path_join(place->state, "moved");
    bool done = !file_exists(path) || file_read(path, MAX_TEXT_BYTES, moved, err);

    free(path);
    return done;
}

static bool slice_text(const struct profile *profile, const struct slices_place *place,
                       const char *index, char *moved, struct err *err)
{
    struct sampleprof *tree = NULL;
    struct strbuf text = {0};
    bool done = false;

    if (file_read(profile->text, MAX_TEXT_BYTES, &text, err))
        tree = sampleprof_read_text(strbuf_text(&text), text.len, err);
    if (tree)
        done = slice_tree(tree, profile->source, place, index, moved, err);
    sampleprof_free(tree);
    strbuf_release(&text);
    return done;
}

char *slices_make(const struct profile *profile, const struct slices_place *place, struct err *err)
{
    struct strbuf moved = {0};
    char *index = NULL;
    bool done = read_moved(place, &moved, err);

    if (done) {
        index = index_path(profile, place, &moved);
        done = are_kept(index) || slice_text(profile, place, index, moved.data, err);
    }
    strbuf_release(&moved);
    if (!done) {
        free(index);
        index = NULL;
    }
    return index;
}

char *slices_keep_whole(const struct strbuf *text, const char *cache, bool *has_map,
                        struct err *err)
{
    struct err unreadable = {0};
    struct sampleprof *tree = sampleprof_read_text(strbuf_text(text), text->len, &unreadable);
    char *path = NULL;

    *has_map = tree && tree->unit_count;
    if (*has_map) {
        struct sampleprof_summary summary;
        struct strbuf bytes = {0};
        size_t count;
        const struct sampleprof_function **flat = sampleprof_flatten(tree, &count);

        sampleprof_summarize_tree(tree, &summary);
        sampleprof_write_binary(tree, flat, count, &summary, &bytes);
        path = keep(cache, &bytes, flat, count, true, FILE_REPLACE, err);
        strbuf_release(&bytes);
    }
    sampleprof_free(tree);
    return path;
}
