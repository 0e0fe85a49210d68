#include "cmake.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/path.h"
#include "base/process.h"
#include "base/talk.h"
#include "walk.h"

#define MAX_CACHE_BYTES  ((size_t)64 * 1024 * 1024)
#define MAX_OUTPUT_BYTES ((size_t)64 * 1024 * 1024)

static bool is(const char *word, const char *name)
{
    return strcmp(path_base(word), name) == 0;
}

bool cmake_configures(char *const *command)
{
    static const char *const others[] = {"--build", "--install", "--open", "-E", "-P"};

    if (!is(command[0], "cmake"))
        return false;
    for (size_t i = 1; command[i]; i++)
        for (size_t k = 0; k < ARRAY_SIZE(others); k++)
            if (strcmp(command[i], others[k]) == 0)
                return false;
    return true;
}

/* The word behind the option, or in the same word: -C DIR, -CDIR, --directory=DIR. */
static const char *option_value(char *const *command, const char *option)
{
    size_t len = strlen(option);

    for (size_t i = 1; command[i]; i++) {
        if (strcmp(command[i], option) == 0)
            return command[i + 1];
        if (strncmp(command[i], option, len) == 0 && (len == 2 || command[i][len] == '='))
            return command[i] + len + (len > 2);
    }
    return NULL;
}

static bool is_make(const char *word)
{
    return is(word, "make") || is(word, "gmake") || is(word, "ninja");
}

char *cmake_scope(char *const *command)
{
    const char *folder = NULL;
    char *real;

    if (is(command[0], "cmake"))
        folder = option_value(command, "--build");
    else if (is_make(command[0]) || is(command[0], "meson"))
        folder = option_value(command, "-C");
    if (!folder && is_make(command[0]))
        folder = option_value(command, "--directory");
    if (folder && folder[0] == '-') /* --build --preset NAME */
        folder = NULL;
    real = path_real(folder ? folder : "."); /* as compilers that run there see it */
    return real ? real : path_absolute(folder ? folder : ".");
}

bool cmake_builds_tree(char *const *command, const char *scope)
{
    char *cache = path_join(scope, "CMakeCache.txt");
    bool builds = (is_make(command[0]) || option_value(command, "--build")) && file_exists(cache);

    free(cache);
    return builds;
}

/* The tree's cache: lines NAME:TYPE=VALUE. */
struct tree {
    const char *folder;
    struct strbuf cache;
    struct arena arena;
    const char **arguments; /* of the configure step: NULL-terminated at last */
    size_t count, capacity;
};

/* The value of an entry, or NULL. */
static const char *entry(struct tree *tree, const char *name)
{
    size_t len = strlen(name);

    for (const char *line = strbuf_text(&tree->cache); *line;) {
        size_t line_len = strcspn(line, "\n");
        const char *equals = memchr(line, '=', line_len);

        if (equals && strncmp(line, name, len) == 0 && line[len] == ':')
            return arena_format(&tree->arena, "%.*s", (int)(line + line_len - equals - 1),
                                equals + 1);
        line += line_len + (line[line_len] != '\0');
    }
    return NULL;
}

static void add(struct tree *tree, const char *argument)
{
    *ARRAY_PUSH(tree->arguments, tree->count, tree->capacity) = argument;
}

/* "LAUNCHER;WHAT WAS THERE", without a launcher of ours from another cache folder. */
static void add_launcher(struct tree *tree, const struct build *build, const char *variable)
{
    const char *present = entry(tree, variable);
    size_t first = present ? strcspn(present, ";") : 0;
    char *name = mem_format("%.*s", (int)first, present ? present : "");

    if (present && is(name, "pgo-launch"))
        present += first + (present[first] == ';');
    add(tree, arena_format(&tree->arena, "-D%s=%s/pgo-launch%s%s", variable, build->state.bin,
                           present && *present ? ";" : "", present ? present : ""));
    free(name);
}

/* Does the language's launcher (or its compiler) lie in our folder? */
static bool is_ours(struct tree *tree, const struct build *build, const char *language)
{
    const char *variable = arena_format(&tree->arena, "CMAKE_%s_COMPILER_LAUNCHER", language);
    const char *launcher = entry(tree, variable);
    const char *compiler = entry(tree, arena_format(&tree->arena, "CMAKE_%s_COMPILER", language));

    return (launcher && path_is_below(launcher, build->state.bin)) ||
           (compiler && path_is_below(compiler, build->state.bin));
}

/* A ccache that the project has looked up (find_program) becomes ours, which goes outside. */
static void add_caches(struct tree *tree, const struct build *build)
{
    const char *text = strbuf_text(&tree->cache);

    for (const char *line = text; *line;) {
        size_t len = strcspn(line, "\n");
        char *copy = mem_format("%.*s", (int)len, line);
        char *type = strstr(copy, ":FILEPATH=");

        if (type && (is(type, "ccache") || is(type, "sccache")) &&
            !path_is_below(type + strlen(":FILEPATH="), build->state.bin))
            add(tree, arena_format(&tree->arena, "-D%.*s=%s/%s", (int)(type - copy), copy,
                                   build->state.bin, path_base(type)));
        free(copy);
        line += len + (line[len] != '\0');
    }
}

/* What the languages of the tree lack; false: nothing can be done, which was said. */
static bool plan(struct tree *tree, const struct build *build)
{
    static const char *const languages[] = {"C", "CXX"};

    for (size_t i = 0; i < ARRAY_SIZE(languages); i++) {
        const char *compiler =
            entry(tree, arena_format(&tree->arena, "CMAKE_%s_COMPILER", languages[i]));
        struct compiler facts;
        struct err err = {0};

        if (!compiler || is_ours(tree, build, languages[i]) ||
            !compiler_ask(compiler, build->state.folder, &facts, &err))
            continue;
        if (facts.kind == COMPILER_GCC) {
            talk_warn("%s: configured with gcc, which takes no profile; try: "
                      "rm %s/CMakeCache.txt, then configure it under pgo-build",
                      tree->folder, tree->folder);
            return false;
        }
        add_launcher(tree, build,
                     arena_format(&tree->arena, "CMAKE_%s_COMPILER_LAUNCHER", languages[i]));
        add_launcher(tree, build,
                     arena_format(&tree->arena, "CMAKE_%s_LINKER_LAUNCHER", languages[i]));
    }
    return true;
}

/* CMake's own objects: one that lies beside the sources may be all there is of it. */
static void expire_object(void *context, const char *path)
{
    (void)context;
    if (objects_is_object(path) && strstr(path, "/CMakeFiles/"))
        objects_expire(path);
}

static bool configure(struct tree *tree, struct err *err)
{
    const char *cmake = entry(tree, "CMAKE_COMMAND"), *generator = entry(tree, "CMAKE_GENERATOR");
    struct walk objects = {.visit = expire_object};
    struct process_result result = {0};
    bool done;

    tree->arguments[0] = cmake && file_exists(cmake) ? cmake : "cmake";
    add(tree, tree->folder);
    add(tree, NULL);
    done = process_run(tree->arguments, "", 0, MAX_OUTPUT_BYTES, &result, err);
    if (done && result.exit_code != 0) {
        talk_say("%s%s", strbuf_text(&result.output), strbuf_text(&result.errors));
        err_set(err, ERR_UNSUPPORTED, "%s: cannot be configured again with the launcher",
                tree->folder);
        done = err_hint(err, "configure it anew: pgo-build cmake -S . -B %s", tree->folder);
    } else if (done) {
        talk_say("%s: configured again with the launcher, because it did not know it",
                 tree->folder);
        if (generator && strstr(generator, "Makefiles")) /* they do not see the new launcher */
            walk_folder(&objects, tree->folder);
    }
    process_result_release(&result);
    return done;
}

bool cmake_adopt(const struct build *build, const char *tree_folder, struct err *err)
{
    struct tree tree = {.folder = tree_folder};
    char *path = path_join(tree_folder, "CMakeCache.txt");
    bool done = file_read(path, MAX_CACHE_BYTES, &tree.cache, err);

    add(&tree, NULL); /* cmake itself */
    if (done && plan(&tree, build) && tree.count > 1) {
        add_caches(&tree, build);
        if (build->options.dry_run)
            talk_say("%s: would be configured again with the launcher", tree_folder);
        else
            done = configure(&tree, err);
    }
    free(tree.arguments);
    arena_release(&tree.arena);
    strbuf_release(&tree.cache);
    free(path);
    return done;
}
