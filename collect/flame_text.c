#include "flame_text.h"

#include <stdbool.h>

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

void flame_text_add(struct strbuf *out, const char *text)
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

void flame_text_add_number(struct strbuf *bytes, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        strbuf_add_char(bytes, (char)(number | 0x80));
    strbuf_add_char(bytes, (char)number);
}

void flame_text_add_base64(struct strbuf *out, const struct strbuf *bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *from = (const unsigned char *)bytes->data;

    strbuf_add_char(out, '"');
    for (size_t i = 0; i < bytes->len; i += 3) {
        size_t left = bytes->len - i;
        uint32_t group = (uint32_t)from[i] << 16 | (left > 1 ? (uint32_t)from[i + 1] << 8 : 0) |
                         (left > 2 ? from[i + 2] : 0);
        char text[4] = {digits[group >> 18], digits[group >> 12 & 63],
                        left > 1 ? digits[group >> 6 & 63] : '=',
                        left > 2 ? digits[group & 63] : '='};

        strbuf_add(out, text, sizeof(text));
    }
    strbuf_add_char(out, '"');
}
