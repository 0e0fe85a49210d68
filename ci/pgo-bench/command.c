#include "pgo-bench/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strbuf.h"

static const char shell_characters[] = "|&;<>()$`*?";

static bool needs_shell(char found, struct err *err)
{
    err_set(err, ERR_USAGE, "'%c' needs a shell, and commands are run without one", found);
    return err_hint(err, "write sh -c '...' around the command, or quote the character");
}

static bool unbalanced(char quote, const char *from, struct err *err)
{
    err_set(err, ERR_USAGE, "unbalanced %c, opened at: %.40s", quote, from);
    return err_hint(err, "close it, or write \\%c for the character itself", quote);
}

/* From the opening quote at *next to behind the closing one. */
static bool take_quoted(const char **next, struct strbuf *word, struct err *err)
{
    const char *start = *next, *c = start + 1;

    for (; *c && *c != *start; c++) {
        if (*start == '"' && *c == '\\' && c[1] && strchr("\"\\$`", c[1]))
            c++;
        strbuf_add_char(word, *c);
    }
    if (!*c)
        return unbalanced(*start, start, err);
    *next = c + 1;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* One word, starting at *next, which is no blank. */
static bool take_word(const char **next, struct strbuf *word, struct err *err)
{
    while (**next && !is_blank(**next)) {
        char c = **next;

        if (c == '\'' || c == '"') {
            if (!take_quoted(next, word, err))
                return false;
            continue;
        }
        if (strchr(shell_characters, c))
            return needs_shell(c, err);
        if (c == '\\') {
            c = *++*next;
            if (!c)
                return err_set(err, ERR_USAGE, "a backslash ends the command") ||
                       err_hint(err, "write \\\\ for a backslash");
        }
        strbuf_add_char(word, c);
        ++*next;
    }
    return true;
}

static bool split(struct command *command, struct err *err)
{
    const char *next = command->text;
    struct strbuf word = {0};
    bool done = true;

    while (done) {
        while (is_blank(*next))
            next++;
        if (!*next)
            break;
        strbuf_reset(&word);
        done = take_word(&next, &word, err);
        if (done)
            *ARRAY_PUSH(command->words, command->word_count, command->word_capacity) =
                mem_strdup(strbuf_text(&word));
    }
    *ARRAY_PUSH(command->words, command->word_count, command->word_capacity) = NULL;
    command->word_count--; /* the NULL is there, but does not count */
    strbuf_release(&word);
    return done;
}

static bool find_program(struct command *command, struct err *err)
{
    const char *name = command->words[0];
    bool exists = strchr(name, '/') && file_exists(name);

    command->program = process_find(name, NULL, NULL);
    if (command->program)
        return true;
    err_set(err, ERR_NOT_FOUND, "%s: %s", name,
            exists ? "not an executable file" : "no such program");
    if (strchr(name, '='))
        return err_hint(err, "to set a variable write: env %s COMMAND", name);
    if (exists)
        return err_hint(err, "chmod +x it, or name its interpreter");
    return err_hint(err,
                    strchr(name, '/') ? "build it first, or correct the path"
                                      : "a program of this folder is written ./%s",
                    name);
}

bool command_init(struct command *command, const char *label, const char *text, struct err *err)
{
    *command = (struct command){.label = label, .text = text};
    if (split(command, err)) {
        if (command->word_count > 0 && find_program(command, err))
            return true;
        if (command->word_count == 0 && !err_set(err, ERR_USAGE, "the command is empty"))
            err_hint(err, "write --%s='./app ARG'", label);
    }
    command_release(command);
    return err_prepend(err, "--%s: ", label);
}

static bool are_identical(const char *path, const char *other)
{
    struct file_map a, b;
    bool same;

    if (!file_map(path, &a))
        return false;
    if (!file_map(other, &b)) {
        file_unmap(&a);
        return false;
    }
    same = a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
    file_unmap(&a);
    file_unmap(&b);
    return same;
}

const char *command_same(const struct command *a, const struct command *b)
{
    if (a->word_count != b->word_count)
        return NULL;
    for (size_t i = 1; i < a->word_count; i++)
        if (strcmp(a->words[i], b->words[i]) != 0)
            return NULL;
    if (strcmp(a->program, b->program) == 0)
        return "the two commands are the same";
    return are_identical(a->program, b->program)
               ? "the two commands are the same: their programs are identical files"
               : NULL;
}

void command_release(struct command *command)
{
    for (size_t i = 0; i < command->word_count; i++)
        free(command->words[i]);
    free(command->words);
    free(command->program);
    *command = (struct command){0};
}
