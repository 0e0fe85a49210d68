#include "link_note.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/path.h"
#include "objects.h"

static void add(struct link_notes *notes, const struct selection_profile *profile,
                const char *machine)
{
    char *path;

    if (!profile || !profile->note || notes->count == LINK_NOTE_MAX)
        return;
    path = mem_format("%s/%s.o", profile->note, machine);
    for (size_t i = 0; i < notes->count; i++)
        if (strcmp(notes->paths[i], path) == 0) {
            free(path);
            return;
        }
    if (file_exists(path))
        notes->paths[notes->count++] = path;
    else /* somebody has emptied the cache: the program is worth more than its note */
        free(path);
}

/* The profile that a source in the result's folder would get. */
static const struct selection_profile *find_beside(const struct arguments *arguments,
                                                   const struct session *session)
{
    char *output = arguments_output(arguments, 0);
    const struct selection_profile *profile = selection_find(&session->selection, output);

    free(output);
    return profile;
}

/*
 * The machine of the object file; NULL: there is none. It is for ELF of 64 bits, which of the
 * systems that clang knows is sure of Linux alone, and not of x32 and ILP32 there.
 */
static const char *find_machine(const struct arguments *arguments, const struct compiler *compiler)
{
    const char *target = arguments->target ? arguments->target : compiler->target;

    if (arguments->other_machine || !strstr(target, "-linux") || strstr(target, "32"))
        return NULL;
    return compiler_machine(compiler, arguments->target);
}

static void add_inputs(struct link_notes *notes, const struct arguments *arguments,
                       const struct session *session, const char *state, const char *machine)
{
    const struct selection_profile **profiles =
        mem_array(arguments->other_input_count, sizeof(*profiles));
    size_t known = objects_profiles(state, session, arguments->other_inputs,
                                    arguments->other_input_count, profiles);

    for (size_t i = 0; i < arguments->other_input_count; i++)
        add(notes, profiles[i], machine);
    if (!known)
        add(notes, find_beside(arguments, session), machine);
    free(profiles);
}

void link_notes_find(struct link_notes *notes, const struct arguments *arguments,
                     const struct compiler *compiler, const struct session *session,
                     const char *state, const struct selection_profile *profile)
{
    const char *machine = find_machine(arguments, compiler);

    if (!machine || arguments->relocatable || arguments->nostdlib || arguments->own_layout)
        return;
    if (arguments->phase == ARGUMENTS_COMPILE_LINK)
        add(notes, profile, machine);
    else if (arguments->phase == ARGUMENTS_LINK)
        add_inputs(notes, arguments, session, state, machine);
}

void link_notes_release(struct link_notes *notes)
{
    for (size_t i = 0; i < notes->count; i++)
        free(notes->paths[i]);
    *notes = (struct link_notes){0};
}
