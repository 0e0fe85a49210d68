#include "staleness.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"

#define STEP_BYTES     ((size_t)64 * 1024)
#define MAX_LINE_BYTES ((size_t)4096) /* no longer line is one of the three */

bool staleness_take_line(struct staleness *staleness, const char *line)
{
    uint64_t first, second, part, whole;
    int end = 0;

    if (line[0] != '(')
        return false;
    if (sscanf(line,
               "(%" SCNu64 "/%" SCNu64 ") of %*[a-z]' profile are invalid and (%" SCNu64 "/%" SCNu64
               ") of samples are discarded due to %n",
               &first, &second, &part, &whole, &end) == 4 &&
        end) {
        bool callsites = strstr(line, "callsites' profile") != NULL;

        if (callsites) /* both lines give the same whole */
            staleness->found = saturating_add(staleness->found, whole);
        staleness->lost = saturating_add(staleness->lost, part);
        staleness->reported = true;
        return true;
    }
    if (sscanf(line,
               "(%" SCNu64 "/%" SCNu64 ") of callsites and (%" SCNu64 "/%" SCNu64
               ") of samples are recovered by %n",
               &first, &second, &part, &whole, &end) == 4 &&
        end) {
        staleness->lost -= part < staleness->lost ? part : staleness->lost;
        return true;
    }
    return false;
}

void staleness_add(struct staleness *sum, const struct staleness *one)
{
    sum->reported |= one->reported;
    sum->found = saturating_add(sum->found, one->found);
    sum->lost = saturating_add(sum->lost, one->lost);
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
