/*
 * pgo-build: runs a build so that clang optimizes each file by the profile lying next to it.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "base/process.h"
#include "base/talk.h"
#include "build.h"
#include "child.h"

static char *beside(const char *name)
{
    char *self = path_real("/proc/self/exe");
    char *folder = path_folder(self ? self : ".");
    char *path = path_join(folder, name);
    char *found = process_find(path, NULL, NULL);

    if (!found) {
        free(path);
        path = mem_format("%s/../libexec/%s", folder, name);
        found = process_find(path, NULL, NULL);
    }
    if (!found)
        found = process_find(name, NULL, NULL);
    free(path);
    free(folder);
    free(self);
    return found;
}

int main(int argc, char **argv)
{
    struct build build = {.lock = -1};
    struct err err = {0};
    enum session_lock_kind kind;

    talk_start("pgo-build");
    if (options_read(&build.options, argc, argv, &err) != OPTIONS_RUN)
        return 125;
    project_find(&build.project, ".", getenv("HOME"));
    if (!state_open(&build.state, build.project.root, &err))
        goto fail;
    toolchain_find(&build.toolchain, getenv("PATH"), build.state.bin);
    toolchain_list(&build.toolchain, &build.session);
    if (!state_fill_bin(&build.state, &build.session, beside("pgo-launch"), &err))
        goto fail;
    build.session.selection.root = build.project.root;
    build.profiles = mem_array(1, sizeof(struct profile));
    if (project_fallback(&build.project)) {
        struct profile_tools tools = {.cache = build.state.cache,
                                      .root = build.project.root,
                                      .profdata = build.toolchain.profdata};
        if (!profile_prepare(&build.profiles[0], project_fallback(&build.project), &tools, &err))
            goto fail;
        build.session.selection.fallback =
            (struct selection_profile){build.profiles[0].source, build.profiles[0].path};
    }
    build.lock = session_lock(build.state.folder, &kind, &err);
    struct strbuf text = {0};
    session_format(&build.session, &text);
    char *f = path_join(build.state.folder, "session");
    if (!file_write(f, text.data, text.len, FILE_REPLACE, &err) ||
        !session_share(build.lock, build.state.folder, &err))
        goto fail;
    environment_plan(&build.environment, &build.state, &build.toolchain, false);
    environment_apply(&build.environment);
    char *program = process_find(build.options.command[0], NULL, NULL);
    if (!program || !child_start(program, build.options.command, -1, &err))
        goto fail;
    return child_end_like(child_wait());
fail:
    talk_error(&err);
    return 125;
}
