#include "profile_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"

void profile_count_text(struct profile *profile, const char *text)
{
    static const char checksum[] = " !CFGChecksum:"; /* of a function that is not inlined */

    profile->counts = profile->functions = 0;
    profile->by_probe = false;
    while (*text) {
        size_t len = strcspn(text, "\n");
        char *line = mem_format("%.*s", (int)len, text), *head, *total;
        uint64_t value;

        head = line[0] != ' ' && line[0] != '#' ? strrchr(line, ':') : NULL;
        if (head) {
            *head = '\0';
            total = strrchr(line, ':');
            if (total && number_parse_u64(total + 1, &value)) {
                profile->counts = saturating_add(profile->counts, value);
                profile->functions++;
            }
        }
        profile->by_probe |= strncmp(line, checksum, strlen(checksum)) == 0;
        free(line);
        text += len + (text[len] == '\n');
    }
}

struct content_name profile_content(const void *data, size_t len)
{
    const char *text = data, *end = text + len;
    struct strbuf records = {0};
    struct content_name name;

    if (profile_kind(data, len) != PROFILE_TEXT)
        return content_name(data, len);
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *next = newline ? newline + 1 : end;

        if (*text != '#')
            strbuf_add(&records, text, (size_t)(next - text));
        text = next;
    }
    name = content_name(strbuf_text(&records), records.len);
    strbuf_release(&records);
    return name;
}
