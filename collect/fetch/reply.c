#include "reply.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/gperftools.h"
#include "profile/gzip.h"
#include "profile/pprof.h"

#define EXCERPT_BYTES      160
#define EXCERPT_LOOK_BYTES ((size_t)64 * 1024)

/* Standard base64 (RFC 4648, 4), padded or not; false if there is anything else. */
static bool decode_base64(const char *text, size_t len, struct strbuf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, bit_count = 0;
    char values[256];

    memset(values, -1, sizeof(values));
    for (size_t i = 0; i < 64; i++)
        values[(unsigned char)digits[i]] = (char)i;
    while (len && text[len - 1] == '=')
        len--;
    for (size_t i = 0; i < len; i++) {
        int value = (signed char)values[(unsigned char)text[i]];

        if (value < 0)
            return false;
        bits = (bits << 6 | (unsigned)value) & 0xffff;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            strbuf_add_char(out, (char)(bits >> bit_count));
        }
    }
    return true;
}

/* Parca's {"pprof": "BASE64", "total": ...}. */
static bool unwrap_parca(const void *data, size_t len, struct strbuf *out)
{
    json_t *root = json_loadb(data, len, 0, NULL);
    json_t *text = json_object_get(root, "pprof");
    bool done = json_is_string(text) &&
                decode_base64(json_string_value(text), json_string_length(text), out);

    json_decref(root);
    return done;
}

static struct profile *read_any(const void *data, size_t len, struct err *err)
{
    if (gperftools_is(data, len))
        return gperftools_read(data, len, err);
    return pprof_read(data, len, err);
}

static struct profile *read_plain(const void *data, size_t len, size_t max_bytes, struct err *err)
{
    struct strbuf content = {0};
    struct profile *profile = NULL;

    if (!gzip_is_likely(data, len))
        return read_any(data, len, err);
    if (gzip_decompress(data, len, max_bytes, &content, err))
        profile = read_any(strbuf_text(&content), content.len, err);
    strbuf_release(&content);
    return profile;
}

static bool is_text(const unsigned char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((text[i] < 0x20 && !isspace(text[i])) || text[i] == 0x7f)
            return false;
    return true;
}

/* Where the text of an HTML page that matters begins: its title, else its body, else all of it. */
static const char *skip_head(const char *text)
{
    const char *title = strcasestr(text, "<title"), *body = strcasestr(text, "<body");

    return title ? title : body ? body : text;
}

/* Runs of blanks as one; tags left out if it is HTML. */
static void add_words(const char *text, bool is_html, struct strbuf *out)
{
    size_t start = out->len;
    bool gap = false;

    for (; *text && out->len - start < EXCERPT_BYTES; text++) {
        if (is_html && *text == '<') {
            const char *end = strchr(text, '>');

            gap = true;
            if (!end)
                return;
            text = end;
        } else if (isspace((unsigned char)*text)) {
            gap = true;
        } else {
            if (gap && out->len > start)
                strbuf_add_char(out, ' ');
            gap = false;
            strbuf_add_char(out, *text);
        }
    }
    if (*text)
        strbuf_add_text(out, "...");
}

static bool add_json_message(const char *text, struct strbuf *out)
{
    static const char *const names[] = {"message", "error"};
    json_t *root = json_loads(text, 0, NULL);
    bool found = false;

    for (size_t i = 0; i < ARRAY_SIZE(names) && !found; i++) {
        const char *value = json_string_value(json_object_get(root, names[i]));

        found = value != NULL && value[0];
        if (found)
            add_words(value, false, out);
    }
    json_decref(root);
    return found;
}

static bool starts_like_html(const char *text)
{
    text += strspn(text, " \t\r\n");
    return text[0] == '<' && (text[1] == '!' || text[1] == '?' || isalpha((unsigned char)text[1]));
}

void reply_excerpt(const void *data, size_t len, struct strbuf *out)
{
    char *text;

    if (len > EXCERPT_LOOK_BYTES)
        len = EXCERPT_LOOK_BYTES;
    if (len == 0 || !is_text(data, len))
        return;
    text = mem_alloc(len + 1);
    memcpy(text, data, len);
    if (starts_like_html(text))
        add_words(skip_head(text), true, out);
    else if (!add_json_message(text, out))
        add_words(text, false, out);
    free(text);
}

/* The text that came in the place of a profile; an error that is there already stays otherwise. */
static void explain(const void *data, size_t len, struct err *err)
{
    struct strbuf words = {0};
    const char *kind = "a text";
    char first[2] = "";

    reply_excerpt(data, len, &words);
    if (words.len) {
        char *text = mem_alloc(len + 1);

        memcpy(text, data, len);
        first[0] = text[strspn(text, " \t\r\n")];
        if (starts_like_html(text))
            kind = "a page of HTML";
        else if (first[0] == '{' || first[0] == '[')
            kind = "JSON";
        free(text);
        err_set(err, ERR_FORMAT, "the reply is %s, expected a profile: %s", kind,
                strbuf_text(&words));
        err_hint(err,
                 "does the URL name the profile itself, as .../debug/pprof/profile does? A page "
                 "to log in wants --bearer-file, --user-file or -H");
    } else if (err->kind == ERR_LIMIT) {
        err_prepend(err, "the reply, unpacked: ");
        err_hint(err, "if it is no attack: --max-size");
    } else {
        err_prepend(err, "the reply is no profile: ");
        err_hint(err, "it was cut off, or the URL serves something else");
    }
    strbuf_release(&words);
}

static bool has_samples(const struct profile *profile)
{
    for (size_t i = 0; i < profile->sample_count; i++)
        for (size_t v = 0; v < profile->value_type_count; v++)
            if (profile->samples[i].values[v] > 0)
                return true;
    return false;
}

static struct profile *refuse_empty(struct profile *profile, struct err *err)
{
    profile_free(profile);
    err_set(err, ERR_NOT_FOUND, "no samples in what came");
    err_hint(err, "the program used no CPU time in that window, or no profile matches the query");
    return NULL;
}

struct profile *reply_read(enum backend backend, const void *data, size_t len, size_t max_bytes,
                           struct err *err)
{
    struct strbuf wrapped = {0};
    struct profile *profile;

    if (backend == BACKEND_PARCA && unwrap_parca(data, len, &wrapped)) {
        data = strbuf_text(&wrapped);
        len = wrapped.len;
    }
    if (len == 0) {
        strbuf_release(&wrapped);
        return refuse_empty(NULL, err);
    }
    profile = read_plain(data, len, max_bytes, err);
    if (!profile)
        explain(data, len, err);
    else if (!has_samples(profile))
        profile = refuse_empty(profile, err);
    strbuf_release(&wrapped);
    return profile;
}
