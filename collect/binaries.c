#include "binaries.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/path.h"
#include "binary/image_search.h"

bool binaries_open(struct binaries *binaries, const char *const *paths, size_t count,
                   struct err *err)
{
    binaries->named = mem_array(count, sizeof(*binaries->named));
    binaries->is_used = mem_array(count, sizeof(*binaries->is_used));
    for (size_t i = 0; i < count; i++) {
        binaries->named[i] = image_open(paths[i], err);
        if (!binaries->named[i])
            return false;
        binaries->named_count++;
    }
    return true;
}

void binaries_close(struct binaries *binaries)
{
    for (size_t i = 0; i < binaries->count; i++) {
        if (!binaries->found[i].is_named)
            image_close(binaries->found[i].image);
        free(binaries->found[i].name);
    }
    for (size_t i = 0; i < binaries->named_count; i++)
        image_close(binaries->named[i]);
    free(binaries->named);
    free(binaries->is_used);
    free(binaries->found);
    byteset_release(&binaries->keys);
    *binaries = (struct binaries){0};
}

/* By build id; without one by name, or by size if the file has no build id either. */
static bool is_it(const struct image *image, const struct image_wanted *wanted)
{
    if (wanted->build_id[0])
        return strcmp(image_build_id(image), wanted->build_id) == 0;
    return image_has_name(image_path(image), wanted) ||
           (!image_build_id(image)[0] && image_is_as_large(image, wanted));
}

static struct image *find_named(struct binaries *binaries, const struct image_wanted *wanted)
{
    for (size_t i = 0; i < binaries->named_count; i++)
        if (is_it(binaries->named[i], wanted)) {
            binaries->is_used[i] = true;
            return binaries->named[i];
        }
    return NULL;
}

/* Nothing is guessed. */
static struct image *open_mapped(const struct image_wanted *wanted)
{
    struct image *image = wanted->file[0] == '/' ? image_try(wanted->file, wanted) : NULL;

    if (!image || strcmp(image_build_id(image), wanted->build_id) == 0)
        return image;
    image_close(image);
    return NULL;
}

static struct image *look_for(const struct binaries *binaries, const struct image_wanted *wanted)
{
    struct strbuf tried = {0};
    struct image *image;

    if (wanted->file[0] == '[' || strncmp(wanted->file, "//", 2) == 0) /* "[vdso]", "//anon" */
        return NULL;
    if (binaries->only_mapped)
        return open_mapped(wanted);
    if (image_is_system(wanted->file))
        return wanted->file[0] == '/' ? image_try(wanted->file, wanted) : NULL;
    image = image_search(wanted, &binaries->places, &tried);
    strbuf_release(&tried);
    return image;
}

/* The place of what was found for that file and build id; *is_new: to be filled in. */
static struct found_binary *find_place(struct binaries *binaries, const char *file,
                                       const char *build_id, bool *is_new)
{
    struct strbuf key = {0};
    uint32_t id;

    strbuf_add(&key, file, strlen(file) + 1);
    strbuf_add_text(&key, build_id);
    id = byteset_add(&binaries->keys, key.data, key.len);
    strbuf_release(&key);
    *is_new = id == binaries->count;
    if (*is_new)
        *ARRAY_PUSH(binaries->found, binaries->count, binaries->capacity) = (struct found_binary){
            .name = mem_strdup(file),
            .build_id = (const char *)byteset_at(&binaries->keys, id, NULL) + strlen(file) + 1};
    return &binaries->found[id];
}

struct image *binaries_find(struct binaries *binaries, const char *file, const char *build_id,
                            uint64_t pgoff, uint64_t len)
{
    struct image_wanted wanted = {file, build_id, pgoff, len};
    bool is_new;
    struct found_binary *found = find_place(binaries, file, build_id, &is_new);

    if (!is_new)
        return found->image;
    found->image = find_named(binaries, &wanted);
    found->is_named = found->image != NULL;
    if (!found->image)
        found->image = look_for(binaries, &wanted);
    found->is_guessed = found->image && !found->is_named && !build_id[0];
    return found->image;
}

struct image *binaries_find_by_name(struct binaries *binaries, const char *file)
{
    struct image_wanted wanted = {.file = file, .build_id = ""};
    struct err ignored = {0};
    bool is_new;
    struct found_binary *found = find_place(binaries, file, "", &is_new);

    if (!is_new)
        return found->image;
    found->image = find_named(binaries, &wanted);
    found->is_named = found->image != NULL;
    if (!found->image)
        found->image = image_open(file, &ignored);
    return found->image;
}

void binaries_add_debug(const struct binaries *binaries, struct image *image)
{
    struct strbuf tried = {0};
    struct err ignored = {0};
    char *path;

    if (binaries->only_mapped || image_has_debug(image))
        return;
    path = debug_file_find(image, &binaries->places, &tried);
    if (path && !image_attach_debug(image, path, &ignored))
        image_forget(image); /* damaged: its symbols are all there is */
    free(path);
    strbuf_release(&tried);
}

/* What the user must have meant by that file: the one of its name, else the first. */
static const struct found_binary *find_meant(const struct binaries *binaries, const char *path)
{
    for (size_t i = 0; i < binaries->count; i++)
        if (strcmp(path_base(binaries->found[i].name), path_base(path)) == 0)
            return &binaries->found[i];
    return binaries->count ? &binaries->found[0] : NULL;
}

bool binaries_check(const struct binaries *binaries, struct err *err)
{
    for (size_t i = 0; i < binaries->named_count; i++) {
        const char *path = image_path(binaries->named[i]);
        const char *build_id = image_build_id(binaries->named[i]);
        const struct found_binary *meant = find_meant(binaries, path);

        if (binaries->is_used[i])
            continue;
        err_set(err, ERR_MISMATCH, "%s: build id %s, the recording is of %s with build id %s", path,
                build_id[0] ? build_id : "(none)",
                meant && meant->name[0] ? path_base(meant->name) : "another binary",
                meant && meant->build_id[0] ? meant->build_id : "(none)");
        return err_hint(err, "give the very binary that was recorded, or leave --binary out");
    }
    return true;
}

size_t binaries_list_guessed(const struct binaries *binaries, struct strbuf *out)
{
    size_t count = 0;

    for (size_t i = 0; i < binaries->count; i++) {
        if (!binaries->found[i].is_guessed || image_is_system(binaries->found[i].name))
            continue;
        strbuf_add_format(out, "%s%s", count++ ? ", " : "", path_base(binaries->found[i].name));
    }
    return count;
}
