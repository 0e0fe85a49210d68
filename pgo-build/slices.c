#include "slices.h"

#include <stdlib.h>
#include <string.h>

#include "base/content.h"
#include "base/file.h"
#include "base/path.h"
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

static struct sliced_file *file_of(struct slicing *slicing, const char *path)
{
    char *key = find_file(slicing, path);
    uint32_t id = byteset_add_text(&slicing->keys, key);

    if (id == slicing->file_count)
        *ARRAY_PUSH(slicing->files, slicing->file_count, slicing->file_capacity) =
            (struct sliced_file){.key = byteset_at(&slicing->keys, id, NULL)};
    free(key);
    return &slicing->files[id];
}

static void add_unit(struct slicing *slicing, const struct sampleprof_unit *unit)
{
    struct sliced_file *file = file_of(slicing, unit->path);

    *ARRAY_PUSH(file->paths, file->path_count, file->path_capacity) = unit->path;
    for (uint32_t i = 0; i < unit->names.count; i++)
        *ARRAY_PUSH(file->names, file->name_count, file->name_capacity) =
            byteset_at(&unit->names, i, NULL);
}

/* Cuts the file's slice, keeps it, and notes it in the index. */
static bool add_slice(struct slicing *slicing, struct slicer *slicer, struct sliced_file *file,
                      struct err *err)
{
    const struct sampleprof_function **functions;
    struct strbuf bytes = {0};
    size_t count;
    char *path;

    *ARRAY_PUSH(file->paths, file->path_count, file->path_capacity) = NULL;
    functions = slicer_cut(slicer, file->names, file->name_count, file->paths, &count);
    sampleprof_write_binary(slicing->tree, functions, count, &slicing->summary, &bytes);
    path = store_put(slicing->place->cache, "default.prof", &bytes, err);
    if (path) {
        record_add(&slicing->index, file->key);
        record_add(&slicing->index, path);
        record_end(&slicing->index);
    }
    strbuf_release(&bytes);
    free(functions);
    free(path);
    return path != NULL;
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
                       const struct slices_place *place, const char *index, struct err *err)
{
    struct slicing slicing = {.place = place, .source = source, .tree = tree};
    char *folder = path_folder(index);
    bool done;

    sampleprof_summarize_tree(tree, &slicing.summary);
    for (size_t i = 0; i < tree->unit_count; i++)
        add_unit(&slicing, &tree->units[i]);
    done = add_slices(&slicing, err) && file_make_folders(folder, err) &&
           file_write(index, strbuf_text(&slicing.index), slicing.index.len, FILE_REPLACE, err);
    slicing_release(&slicing);
    free(folder);
    return done;
}

/* The text's path is named by its content; which file a unit is depends on the rest. */
static char *index_path(const struct profile *profile, const struct slices_place *place)
{
    char *facts =
        mem_format("%s\n%s\n%s\n%s", profile->text, profile->source, place->root, PGO_VERSION);
    struct content_name name = content_name(facts, strlen(facts));

    free(facts);
    return mem_format("%s/slices/%s", place->state, name.text);
}

char *slices_make(const struct profile *profile, const struct slices_place *place, struct err *err)
{
    char *index = index_path(profile, place);
    struct sampleprof *tree = NULL;
    struct strbuf text = {0};
    bool done = file_exists(index);

    if (!done && file_read(profile->text, MAX_TEXT_BYTES, &text, err))
        tree = sampleprof_read_text(strbuf_text(&text), text.len, err);
    if (tree)
        done = slice_tree(tree, profile->source, place, index, err);
    sampleprof_free(tree);
    strbuf_release(&text);
    if (!done) {
        free(index);
        index = NULL;
    }
    return index;
}

bool slices_write_whole(const struct strbuf *text, struct strbuf *out)
{
    struct err ignored = {0};
    struct sampleprof *tree = sampleprof_read_text(strbuf_text(text), text->len, &ignored);
    bool has_map = tree && tree->unit_count;

    if (has_map) {
        struct sampleprof_summary summary;
        size_t count;
        const struct sampleprof_function **flat = sampleprof_flatten(tree, &count);

        sampleprof_summarize_tree(tree, &summary);
        sampleprof_write_binary(tree, flat, count, &summary, out);
    }
    sampleprof_free(tree);
    return has_map;
}
