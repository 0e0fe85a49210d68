#include "status.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/path.h"
#include "base/talk.h"
#include "binary/elf_note.h"
#include "note.h"
#include "profile_text.h"
#include "profile/provenance.h"
#include "project.h"

/* The present profile beside the one that the note names, by when they were recorded. */
static const char *compare_ages(const char *recorded, const char *present)
{
    char *line = mem_format("recorded %s", recorded);
    struct provenance theirs = {0}, ours = {0};
    const char *word = "another one";

    provenance_read(&ours, present);
    if (provenance_take(&theirs, line) && theirs.end_s && ours.end_s && theirs.end_s != ours.end_s)
        word = ours.end_s > theirs.end_s ? "newer" : "older";
    provenance_release(&theirs);
    provenance_release(&ours);
    free(line);
    return word;
}

static void print_present(const struct project *project, const struct note *note)
{
    char *path = path_join(project->root, note->profile);
    struct strbuf bytes = {0};
    struct err ignored = {0};

    if (!file_read(path, PROFILE_MAX_BYTES, &bytes, &ignored)) {
        printf("  now       no %s here\n", note->profile);
    } else if (strcmp(profile_content(strbuf_text(&bytes), bytes.len).text, note->content) == 0) {
        printf("  now       %s here is the same\n", note->profile);
    } else {
        const char *age = compare_ages(note->recorded, strbuf_text(&bytes));

        printf("  now       %s here is %s%s\n", note->profile, age,
               strcmp(age, "older") == 0 ? "" : ": build again to use it");
    }
    strbuf_release(&bytes);
    free(path);
}

static void print_note(const struct project *project, const char *binary, char *text)
{
    struct note note;

    note_parse(text, &note);
    printf("%s: built with %s, by %s\n", binary, note.profile, note.by);
    if (note.recorded[0])
        printf("  recorded  %s\n", note.recorded);
    printf("  content   %s\n", note.content);
    print_present(project, &note);
}

static bool say(const struct project *project, const char *binary, struct err *err)
{
    struct elf_notes notes = {0};
    bool done = elf_notes_read(&notes, binary, NOTE_OWNER, NOTE_PROFILE, err);

    for (size_t i = 0; i < notes.count; i++)
        print_note(project, binary, notes.texts[i]);
    if (done && !notes.count) {
        done = err_set(err, ERR_NOT_FOUND, "%s: names no profile", binary);
        err_hint(err,
                 "it was built without a profile, or not by pgo-build; run: pgo-build make (or "
                 "whatever builds it), with a default.pgo beside its source");
    }
    elf_notes_release(&notes);
    return done;
}

int status_say(char *const *binaries)
{
    struct project project = {0};
    int code = TALK_EXIT_DONE;

    project_find(&project, ".", getenv("HOME"));
    for (size_t i = 0; binaries[i]; i++) {
        struct err err = {0};

        if (say(&project, binaries[i], &err))
            continue;
        fflush(stdout); /* in the order of the binaries */
        talk_error(&err);
        code = TALK_EXIT_FAILED;
    }
    project_release(&project);
    return code;
}
