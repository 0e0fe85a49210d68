#include "basic/program.h"

#include "basic/expression.h"
#include "basic/variables.h"

#include <inttypes.h>
#include <stdlib.h>

struct run {
    const struct program *program;
    struct variables variables;
    const struct token *next;
    size_t line; /* index of the line after the one that runs */
    FILE *out;
};

static bool fail(int64_t number, const char *error)
{
    fprintf(stderr, "hello: line %" PRId64 ": %s\n", number, error);
    return false;
}

static bool is_end(const struct token *token)
{
    return token->kind == TOKEN_NEWLINE || token->kind == TOKEN_END;
}

static bool add_line(struct program *program, const struct token *token)
{
    int64_t last = program->count ? program->lines[program->count - 1].number : 0;

    if (token->kind != TOKEN_NUMBER)
        return fail(last, "the line after it has no number");
    if (token->value <= last)
        return fail(token->value, "its number is not above the one before it");
    program->lines[program->count++] = (struct line){.number = token->value, .first = token + 1};
    return true;
}

bool program_load(struct program *program, const char *text)
{
    const struct token *token = program->tokens = tokens_read(text);
    size_t most = 1;

    for (; token && token->kind != TOKEN_END; token++)
        most += token->kind == TOKEN_NEWLINE;
    program->lines = calloc(most, sizeof(*program->lines));
    if (!program->tokens || !program->lines) {
        fputs("hello: out of memory\n", stderr);
        return false;
    }
    for (token = program->tokens; token->kind != TOKEN_END; token += token->kind != TOKEN_END) {
        if (!is_end(token) && !add_line(program, token))
            return false;
        while (!is_end(token))
            token++;
    }
    return true;
}

/* Index of the first line whose number is not below the given one. */
static size_t find(const struct program *program, int64_t number)
{
    size_t low = 0, high = program->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (program->lines[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const char *jump(struct run *run)
{
    int64_t number = run->next->value;

    if (run->next->kind != TOKEN_NUMBER)
        return "expected the number of a line";
    run->next++;
    run->line = find(run->program, number);
    if (run->line == run->program->count || run->program->lines[run->line].number != number)
        return "goes to a line that is not there";
    return NULL;
}

static const char *let(struct run *run)
{
    const char *error = NULL;
    int64_t name = run->next->value, index = 0, value;

    if (run->next++->kind != TOKEN_NAME)
        return "expected a name";
    if (run->next->kind == '(') {
        run->next++;
        error = evaluate(&run->next, &run->variables, &index);
        if (!error && run->next++->kind != ')')
            error = "expected )";
    }
    if (!error && run->next++->kind != '=')
        error = "expected =";
    if (!error)
        error = evaluate(&run->next, &run->variables, &value);
    if (!error)
        variables_set(&run->variables, name, index, value);
    return error;
}

static const char *if_then(struct run *run)
{
    int64_t value;
    const char *error = evaluate(&run->next, &run->variables, &value);

    if (error)
        return error;
    if (run->next->kind != TOKEN_THEN || run->next[1].kind != TOKEN_NUMBER)
        return "expected THEN and the number of a line";
    run->next++;
    if (value)
        return jump(run);
    run->next++;
    return NULL;
}

static const char *print(struct run *run)
{
    int64_t value;
    const char *error = evaluate(&run->next, &run->variables, &value);

    if (!error && run->out)
        fprintf(run->out, "%" PRId64 "\n", value);
    return error;
}

static const char *stop(struct run *run)
{
    run->line = run->program->count;
    return NULL;
}

static const char *statement(struct run *run)
{
    if (is_end(run->next))
        return NULL; /* it was a remark */
    switch (run->next++->kind) {
    case TOKEN_LET:
        return let(run);
    case TOKEN_IF:
        return if_then(run);
    case TOKEN_GOTO:
        return jump(run);
    case TOKEN_PRINT:
        return print(run);
    case TOKEN_STOP:
        return stop(run);
    default:
        return "expected LET, IF, GOTO, PRINT, REM or STOP";
    }
}

bool program_run(const struct program *program, FILE *out)
{
    struct run run = {.program = program, .out = out};
    const char *error = NULL;

    while (!error && run.line < program->count) {
        const struct line *line = &program->lines[run.line++];

        run.next = line->first;
        error = statement(&run);
        if (!error && !is_end(run.next))
            error = "more words than the statement takes";
        if (error)
            fail(line->number, error);
    }
    variables_release(&run.variables);
    return !error;
}

void program_release(struct program *program)
{
    tokens_free(program->tokens);
    free(program->lines);
    *program = (struct program){0};
}
