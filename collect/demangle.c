#include "demangle.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <string.h>

/*
 * A name of a hundred letters may stand for gigabytes, by substitutions of substitutions. The
 * library gives its text piece by piece, takes no memory meanwhile and cannot be told to stop; so
 * the way out is a jump.
 */
#define MAX_BYTES ((size_t)16 * 1024)

struct piece_sink {
    struct strbuf *out;
    size_t start;
    jmp_buf too_long;
};

static void add_piece(const char *piece, size_t len, void *opaque)
{
    struct piece_sink *sink = opaque;

    if (sink->out->len - sink->start + len > MAX_BYTES)
        longjmp(sink->too_long, 1);
    strbuf_add(sink->out, piece, len);
}

typedef int demangler(const char *name, int options, demangle_callbackref add, void *sink);

static bool demangle_by(demangler *by, const char *name, struct strbuf *out)
{
    struct piece_sink sink = {.out = out, .start = out->len};

    if (setjmp(sink.too_long) == 0 && by(name, DMGL_NO_OPTS, add_piece, &sink))
        return true;
    out->len = sink.start; /* it may have begun */
    strbuf_add(out, "", 0);
    return false;
}

bool demangle(const char *name, struct strbuf *out)
{
    if (strncmp(name, "_Z", 2) != 0 && strncmp(name, "_R", 2) != 0)
        return false;
    /* Rust's older form is C++'s, with a hash at the end: hence Rust first */
    return demangle_by(rust_demangle_callback, name, out) ||
           demangle_by(cplus_demangle_v3_callback, name, out);
}

void demangle_profile(struct profile *profile)
{
    struct strbuf text = {0};

    for (size_t i = 0; i < profile->function_count; i++) {
        struct profile_function *function = &profile->functions[i];
        const char *mangled = *function->system_name ? function->system_name : function->name;

        if (*function->name && strcmp(function->name, mangled) != 0)
            continue;
        text.len = 0;
        if (demangle(mangled, &text))
            function->name = profile_intern(profile, strbuf_text(&text));
    }
    strbuf_release(&text);
}
