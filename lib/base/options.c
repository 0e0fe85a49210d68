#include "base/options.h"

#include <string.h>

/* One word of the command line against one name: does it match, and where is its value? */
static bool matches(const struct option_spec *spec, const char *word, bool single_dash,
                    const char **value)
{
    const char *name = spec->name;
    bool is_long = name[1] == '-' || (single_dash && name[2] != '\0');
    size_t len;

    *value = NULL;
    if (!is_long) { /* -o, -oFILE */
        if (word[1] != name[1])
            return false;
        *value = word[2] ? word + 2 : NULL;
        return !*value || spec->kind == OPTION_VALUE;
    }
    if (single_dash) { /* -pgo and --pgo alike */
        name += name[1] == '-' ? 2 : 1;
        word += word[1] == '-' ? 2 : 1;
    }
    len = strlen(name);
    if (strncmp(word, name, len) != 0 || (word[len] != '\0' && word[len] != '='))
        return false;
    *value = word[len] == '=' ? word + len + 1 : NULL;
    return true;
}

static const struct option_spec *find(const struct options *options, const char *word,
                                      const char **value)
{
    for (size_t i = 0; i < options->count; i++)
        if (matches(&options->table[i], word, options->single_dash, value))
            return &options->table[i];
    return NULL;
}

static int take_value(struct options *options, const struct option_spec *spec, const char **value,
                      struct err *err)
{
    if (spec->kind == OPTION_FLAG && *value) {
        err_set(err, ERR_USAGE, "%s takes no value, found '%s'", spec->name, *value);
        return OPTIONS_ERROR;
    }
    if (spec->kind == OPTION_VALUE && !*value) {
        if (options->next >= options->argc) {
            err_set(err, ERR_USAGE, "%s needs a value: %s", spec->name, spec->argument);
            return OPTIONS_ERROR;
        }
        *value = options->argv[options->next++];
    }
    return spec->id;
}

int options_next(struct options *options, const char **value, struct err *err)
{
    const struct option_spec *spec;
    const char *word;

    *value = NULL;
    if (options->next == 0)
        options->next = 1;
    if (options->next >= options->argc)
        return OPTIONS_END;
    word = options->argv[options->next];
    if (!options->only_operands && strcmp(word, "--") == 0) {
        options->next++;
        options->only_operands = true;
        return options_next(options, value, err);
    }
    if (options->only_operands || word[0] != '-' || word[1] == '\0') {
        if (options->stop_at_operand)
            return OPTIONS_END;
        options->next++;
        *value = word;
        return OPTIONS_OPERAND;
    }
    spec = find(options, word, value);
    if (!spec) {
        err_set(err, ERR_USAGE, "unknown option: %s", word);
        err_hint(err, "--help lists the options");
        return OPTIONS_ERROR;
    }
    options->next++;
    return take_value(options, spec, value, err);
}

static size_t spelling(const struct option_spec *spec, struct strbuf *out)
{
    size_t start = out->len;
    bool is_long = spec->name[1] == '-' || spec->name[2] != '\0';

    strbuf_add_text(out, spec->name);
    if (spec->kind == OPTION_VALUE)
        strbuf_add_format(out, "%s%s", is_long ? "=" : " ", spec->argument);
    else if (spec->kind == OPTION_OPTIONAL)
        strbuf_add_format(out, "[=%s]", spec->argument);
    return out->len - start;
}

void options_describe(const struct option_spec *table, size_t count, struct strbuf *out)
{
    const size_t column = 26;

    for (size_t i = 0; i < count; i++) {
        size_t width;

        strbuf_add_text(out, "  ");
        width = 2 + spelling(&table[i], out);
        if (width >= column) {
            strbuf_add_char(out, '\n');
            width = 0;
        }
        for (const char *line = table[i].help; line;) {
            const char *end = strchr(line, '\n');
            size_t len = end ? (size_t)(end - line) : strlen(line);

            strbuf_add_format(out, "%*s%.*s\n", (int)(column - width), "", (int)len, line);
            width = 0;
            line = end ? end + 1 : NULL;
        }
    }
}
