#include "flame_bytes.h"

void flame_bytes_add_number(struct strbuf *bytes, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        strbuf_add_char(bytes, (char)(number | 0x80));
    strbuf_add_char(bytes, (char)number);
}

void flame_bytes_add_base64(struct strbuf *out, const struct strbuf *bytes)
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
