#include "base/page.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define REPLACEMENT   0xfffd
#define FIRST_PICTURE 0x2400 /* of U+0000 */

/*
 * The character at `text` and its length in bytes; REPLACEMENT and 1 for what is not UTF-8. As
 * Unicode's table 3-7: no overlong form, no surrogate, nothing above U+10FFFF.
 */
static uint32_t decode(const unsigned char *text, size_t *len)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t want = text[0] < 0x80 ? 1 : text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
    uint32_t code = want == 1 ? text[0] : text[0] & (0xffu >> (want + 1));

    *len = 1;
    if (text[0] >= 0xf8 || (text[0] >= 0x80 && text[0] < 0xc0))
        return REPLACEMENT;
    for (size_t i = 1; i < want; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return REPLACEMENT;
        code = code << 6 | (text[i] & 0x3fu);
    }
    if (code < smallest[want] || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
        return REPLACEMENT;
    *len = want;
    return code;
}

static bool turns_direction(uint32_t code)
{
    return code == 0x200e || code == 0x200f || code == 0x061c ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static bool needs_escape(uint32_t code)
{
    return code == '<' || code == '>' || code == '&' || code == '"' || code == '\\' ||
           code == 0x2028 || code == 0x2029;
}

void page_add_text(struct strbuf *out, const char *text)
{
    size_t len;

    strbuf_add_char(out, '"');
    for (; *text; text += len) {
        uint32_t code = decode((const unsigned char *)text, &len);

        if (code < 0x20)
            code += FIRST_PICTURE;
        else if (code == 0x7f)
            code = FIRST_PICTURE + 0x21;
        else if ((code >= 0x80 && code < 0xa0) || turns_direction(code))
            code = REPLACEMENT;
        else if (code != REPLACEMENT && !needs_escape(code)) {
            strbuf_add(out, text, len);
            continue;
        }
        strbuf_add_format(out, "\\u%04x", code);
    }
    strbuf_add_char(out, '"');
}

/* In JSON these stand in strings alone, where an escape means the same. */
void page_add_json(struct strbuf *out, const char *json, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (json[i] == '<' || json[i] == '>' || json[i] == '&')
            strbuf_add_format(out, "\\u%04x", (unsigned)json[i]);
        else
            strbuf_add_char(out, json[i]);
    }
}

/* The HTML from `from` up to the mark; returns what is behind it. */
static const char *add_up_to(const struct page *page, const char *from, const char *mark,
                             struct strbuf *out)
{
    size_t left = page->html_bytes - (size_t)(from - page->html);
    const char *found = memmem(from, left, mark, strlen(mark));

    assert(found);
    strbuf_add(out, from, (size_t)(found - from));
    return found + strlen(mark);
}

/* As the content of an element. */
static void add_escaped(const char *text, struct strbuf *out)
{
    for (; *text; text++) {
        if (strchr("<>&", *text))
            strbuf_add_format(out, "&#%d;", *text);
        else
            strbuf_add_char(out, *text);
    }
}

void page_open(const struct page *page, const char *text, struct strbuf *out)
{
    const char *rest = add_up_to(page, page->html, "@STYLE@", out);

    strbuf_add(out, page->css, page->css_bytes);
    if (text) {
        rest = add_up_to(page, rest, "@TEXT@", out);
        add_escaped(text, out);
    }
    add_up_to(page, rest, "@DATA@", out);
}

void page_close(const struct page *page, struct strbuf *out)
{
    static const char mark[] = "@DATA@";
    const char *rest = memmem(page->html, page->html_bytes, mark, strlen(mark));

    assert(rest);
    rest = add_up_to(page, rest + strlen(mark), "@PROGRAM@", out);
    strbuf_add(out, page->js, page->js_bytes);
    strbuf_add(out, rest, page->html_bytes - (size_t)(rest - page->html));
}

bool page_is_page(const char *path)
{
    static const char start[] = "<!doctype html>";
    char found[sizeof(start)] = "";
    FILE *file = fopen(path, "rb");

    if (file) {
        found[fread(found, 1, strlen(start), file)] = '\0';
        fclose(file);
    }
    return strcmp(found, start) == 0;
}

bool page_check_target(const char *path, struct err *err)
{
    struct stat status;

    if (strcmp(path, "-") == 0 || stat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
        page_is_page(path))
        return true;
    err_set(err, ERR_IO, "%s: there is a file that is no web page: not replaced", path);
    return err_hint(err, "name another file, or remove it");
}
