#include "record.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"

static bool needs_escape(char c)
{
    return c == '\t' || c == '\n' || c == '\r' || c == '%';
}

void record_add(struct strbuf *out, const char *field)
{
    for (; *field; field++) {
        if (needs_escape(*field))
            strbuf_add_format(out, "%%%02X", (unsigned)(unsigned char)*field);
        else
            strbuf_add_char(out, *field);
    }
    strbuf_add_char(out, '\t');
}

void record_add_u64(struct strbuf *out, uint64_t value)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRIu64, value);
    record_add(out, text);
}

void record_end(struct strbuf *out)
{
    assert(out->len && out->data[out->len - 1] == '\t');
    out->data[out->len - 1] = '\n';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void unescape(char *field)
{
    char *out = field;

    for (; *field; field++) {
        if (field[0] == '%' && hex_digit(field[1]) >= 0 && hex_digit(field[2]) >= 0) {
            *out++ = (char)(hex_digit(field[1]) * 16 + hex_digit(field[2]));
            field += 2;
        } else {
            *out++ = *field;
        }
    }
    *out = '\0';
}

/* Cuts one line at its tabs; false if it has too many fields. */
static bool split(char *line, struct record *record)
{
    record->count = 0;
    for (;;) {
        char *tab = strchr(line, '\t');

        if (record->count == RECORD_MAX_FIELDS)
            return false;
        if (tab)
            *tab = '\0';
        unescape(line);
        record->fields[record->count++] = line;
        if (!tab)
            return true;
        line = tab + 1;
    }
}

bool record_next(char **text, struct record *record)
{
    char *end;

    while (*text && (end = strchr(*text, '\n'))) {
        char *line = *text;

        *end = '\0';
        *text = end + 1;
        if (split(line, record))
            return true;
    }
    return false;
}

const char *record_field(const struct record *record, size_t index)
{
    return index < record->count ? record->fields[index] : "";
}

uint64_t record_u64(const struct record *record, size_t index)
{
    uint64_t value;

    return number_parse_u64(record_field(record, index), &value) ? value : 0;
}

bool record_append(const char *path, const struct strbuf *lines, struct err *err)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    bool done;

    if (fd < 0)
        return err_errno(err, path, "cannot open for appending");
    done = file_write_fd(fd, lines->data, lines->len);
    if (close(fd) != 0 || !done)
        return err_errno(err, path, "cannot write");
    return true;
}
