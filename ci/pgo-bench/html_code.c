#include "pgo-bench/html_code.h"

#include <inttypes.h>

#include "base/page.h"

static void add_sizes(struct strbuf *out, const char *name, const uint64_t bytes[CODE_SIDES])
{
    strbuf_add_format(out, "\"%s\": [%" PRIu64 ", %" PRIu64 "],\n", name, bytes[CODE_BASE],
                      bytes[CODE_TEST]);
}

void html_code_add(const struct code *code, struct strbuf *out)
{
    strbuf_add_char(out, '{');
    add_sizes(out, "file_bytes", code->file_bytes);
    add_sizes(out, "function_bytes", code->function_bytes);
    strbuf_add_text(out, "\"build_id\": [");
    page_add_text(out, code->build_ids[CODE_BASE]);
    strbuf_add_char(out, ',');
    page_add_text(out, code->build_ids[CODE_TEST]);
    strbuf_add_format(out, "],\n\"gone\": %zu, \"added\": %zu, \"functions\": [", code->gone,
                      code->added);
    for (size_t i = 0; i < code->count && i < HTML_CODE_FUNCTIONS; i++) {
        const struct code_function *function = &code->functions[i];

        if (function->bytes[CODE_BASE] == function->bytes[CODE_TEST])
            break;
        strbuf_add_text(out, i ? ",\n[" : "\n[");
        page_add_text(out, function->name);
        strbuf_add_format(out, ", %" PRIu64 ", %" PRIu64 "]", function->bytes[CODE_BASE],
                          function->bytes[CODE_TEST]);
    }
    strbuf_add_text(out, "]}");
}
