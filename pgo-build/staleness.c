#include "staleness.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"

#define STEP_BYTES     ((size_t)64 * 1024)
#define MAX_LINE_BYTES ((size_t)4096) /* no longer line is one of the four */

/* What LLVM says of a part of the module's samples, in the words around the numbers. */
enum account { ACCOUNT_CHANGED, ACCOUNT_RENAMED, ACCOUNT_LOST, ACCOUNT_RECOVERED };

static const struct {
    const char *whose, *fate;
} words[] = {
    [ACCOUNT_CHANGED] = {"functions' profile are invalid and ", "discarded due to "},
    [ACCOUNT_RENAMED] = {"functions' profile are matched and ", "reused by "},
    [ACCOUNT_LOST] = {"callsites' profile are invalid and ", "discarded due to "},
    [ACCOUNT_RECOVERED] = {"callsites and ", "recovered by "},
};

/* "(N/N) of WHOSE(PART/WHOLE) of samples are FATE..." */
static bool matches(const char *line, enum account account, uint64_t *part, uint64_t *whole)
{
    const char *whose = words[account].whose;
    uint64_t first, second;
    int end = 0;

    if (sscanf(line, "(%" SCNu64 "/%" SCNu64 ") of %n", &first, &second, &end) != 2 || !end ||
        strncmp(line + end, whose, strlen(whose)) != 0)
        return false;
    line += (size_t)end + strlen(whose);
    end = 0;
    return sscanf(line, "(%" SCNu64 "/%" SCNu64 ") of samples are %n", part, whole, &end) == 2 &&
           end && strncmp(line + end, words[account].fate, strlen(words[account].fate)) == 0;
}

static void apply(struct staleness *staleness, enum account account, uint64_t part, uint64_t whole)
{
    switch (account) {
    case ACCOUNT_CHANGED:
        staleness->changed = saturating_add(staleness->changed, part);
        break;
    case ACCOUNT_RENAMED: /* found, under another name */
        break;
    case ACCOUNT_LOST: /* every line gives the same whole; this one is always there */
        staleness->found = saturating_add(staleness->found, whole);
        staleness->lost = saturating_add(staleness->lost, part);
        staleness->reported = true;
        break;
    case ACCOUNT_RECOVERED:
        staleness->lost -= part < staleness->lost ? part : staleness->lost;
        break;
    }
}

bool staleness_take_line(struct staleness *staleness, const char *line)
{
    uint64_t part, whole;

    if (line[0] != '(')
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (matches(line, (enum account)i, &part, &whole)) {
            apply(staleness, (enum account)i, part, whole);
            return true;
        }
    return false;
}

void staleness_add(struct staleness *sum, const struct staleness *one)
{
    sum->reported |= one->reported;
    sum->found = saturating_add(sum->found, one->found);
    sum->lost = saturating_add(sum->lost, one->lost);
    sum->changed = saturating_add(sum->changed, one->changed);
}

/* Passes on what is in `text` up to its last newline (all of it at the end), and keeps the rest. */
static void pass_lines(struct staleness *staleness, struct strbuf *text, bool at_end, int to)
{
    struct strbuf kept = {0};
    size_t start = 0;

    while (start < text->len) {
        char *newline = memchr(text->data + start, '\n', text->len - start);
        size_t end = newline ? (size_t)(newline - text->data) + 1 : text->len;

        if (!newline && !at_end && end - start < MAX_LINE_BYTES && text->data[start] == '(')
            break;
        if (!newline || !staleness_take_line(staleness, text->data + start))
            strbuf_add(&kept, text->data + start, end - start);
        start = end;
    }
    if (kept.len && !file_write_fd(to, kept.data, kept.len)) {
        /* nobody listens any more; the compiler's own exit code is what counts */
    }
    strbuf_release(&kept);
    if (start < text->len)
        memmove(text->data, text->data + start, text->len - start);
    text->len -= start;
}

void staleness_filter(struct staleness *staleness, int from, int to)
{
    struct strbuf text = {0};
    ssize_t got;

    do {
        got = read(from, strbuf_reserve(&text, STEP_BYTES), STEP_BYTES);
        if (got > 0) {
            text.len += (size_t)got;
            text.data[text.len] = '\0';
        }
        if (got > 0 || (got == 0 && text.len))
            pass_lines(staleness, &text, got == 0, to);
    } while (got > 0 || (got < 0 && errno == EINTR));
    strbuf_release(&text);
}
