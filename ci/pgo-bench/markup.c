#include "pgo-bench/markup.h"

#include <string.h>

void markup_json(const char *text, struct strbuf *out)
{
    strbuf_add_char(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            strbuf_add_format(out, "\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            strbuf_add_format(out, "\\u%04x", (unsigned)*text);
        else
            strbuf_add_char(out, *text);
    }
    strbuf_add_char(out, '"');
}

void markup_markdown(const char *text, struct strbuf *out)
{
    for (; *text; text++) {
        if (strchr("&<>|*_`\\[]~\n", *text))
            strbuf_add_format(out, "&#%d;", *text);
        else
            strbuf_add_char(out, *text);
    }
}

void markup_code(const char *text, struct strbuf *out)
{
    strbuf_add_text(out, "<code>");
    markup_markdown(text, out);
    strbuf_add_text(out, "</code>");
}

void markup_verdict(enum verdict verdict, bool colour, struct strbuf *out)
{
    static const char *const colours[] = {
        [VERDICT_NO_DIFFERENCE] = "\033[1m",
        [VERDICT_FASTER] = "\033[1;32m",
        [VERDICT_SLOWER] = "\033[1;31m",
    };

    strbuf_add_format(out, "%s%s%s", colour ? colours[verdict] : "", verdict_name(verdict),
                      colour ? "\033[0m" : "");
}
