#include "libpgobench/filter.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Where the first part of a pattern ends. */
static size_t part_len(const char *pattern)
{
    int squares = 0, rounds = 0;
    size_t i;

    for (i = 0; pattern[i]; i++) {
        switch (pattern[i]) {
        case '\\':
            i += pattern[i + 1] != '\0';
            break;
        case '[':
            squares++;
            break;
        case ']':
            squares -= squares > 0;
            break;
        case '(':
            rounds += squares == 0;
            break;
        case ')':
            rounds -= squares == 0 && rounds > 0;
            break;
        case '/':
            if (!squares && !rounds)
                return i;
            break;
        }
    }
    return i;
}

static bool add_level(struct filter *filter, const char *part, size_t len, struct err *err)
{
    char *text = mem_format("%.*s", (int)len, part);
    char reason[128];
    regex_t level;
    int code = regcomp(&level, *text ? text : ".*", REG_EXTENDED | REG_NOSUB);

    if (code == 0) {
        *ARRAY_PUSH(filter->levels, filter->count, filter->capacity) = level;
    } else {
        regerror(code, &level, reason, sizeof(reason));
        err_set(err, ERR_USAGE, "-bench: '%s' is no regular expression: %s", text, reason);
        err_hint(err, "the names are listed by -list; -bench='^Parse$/size=(1|2)' is an example");
    }
    free(text);
    return code == 0;
}

bool filter_init(struct filter *filter, const char *pattern, struct err *err)
{
    struct filter made = {0};

    for (;;) {
        size_t len = part_len(pattern);

        if (!add_level(&made, pattern, len, err)) {
            filter_release(&made);
            return false;
        }
        if (!pattern[len])
            break;
        pattern += len + 1;
    }
    filter_release(filter);
    *filter = made;
    return true;
}

void filter_release(struct filter *filter)
{
    for (size_t i = 0; i < filter->count; i++)
        regfree(&filter->levels[i]);
    free(filter->levels);
    *filter = (struct filter){0};
}

bool filter_matches(const struct filter *filter, size_t level, const char *name)
{
    return level >= filter->count || regexec(&filter->levels[level], name, 0, NULL, 0) == 0;
}
