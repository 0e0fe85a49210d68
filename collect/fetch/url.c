#include "url.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"

#define HIDDEN "..."

/* Parameters of profile servers that hold no secret; all others are hidden. */
static const char *const harmless[] = {"seconds",   "debug", "gc",         "hz",
                                       "frequency", "mode",  "report_type"};

static bool is_harmless(const char *name, size_t len)
{
    for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
        if (strlen(harmless[i]) == len && memcmp(harmless[i], name, len) == 0)
            return true;
    return false;
}

static void show_query(const char *query, size_t len, struct strbuf *out)
{
    const char *end = query + len;

    strbuf_add_char(out, '?');
    while (query < end) {
        size_t part = strcspn(query, "&;#"), name = strcspn(query, "=&;#");

        if (part > (size_t)(end - query))
            part = (size_t)(end - query);
        if (name > part)
            name = part;
        if (name == part && !is_harmless(query, name)) /* a token alone */
            strbuf_add_text(out, part ? HIDDEN : "");
        else
            strbuf_add(out, query, name);
        if (name < part && is_harmless(query, name))
            strbuf_add(out, query + name, part - name);
        else if (name < part)
            strbuf_add_text(out, "=" HIDDEN);
        query += part;
        if (query < end)
            strbuf_add(out, query++, 1);
    }
}

/*
 * Where host or path begin: behind the last '@' before the query. An '@' of a path hides the host
 * with it, which is right: the password may hold a '/' that nobody escaped.
 */
static const char *behind_user(const char *text, const char *end)
{
    const char *at = memrchr(text, '@', (size_t)(end - text));

    return at ? at + 1 : text;
}

void url_show(const char *text, struct strbuf *out)
{
    const char *scheme = strstr(text, "://");
    size_t len = strcspn(text, "#"), path = strcspn(text, "?#");
    const char *start = scheme && scheme < text + path ? scheme + 3 : text, *shown;

    shown = behind_user(start, text + path);
    strbuf_add(out, text, (size_t)(start - text));
    strbuf_add(out, shown, (size_t)(text + path - shown));
    if (path < len)
        show_query(text + path + 1, len - path - 1, out);
}

static bool refuse(const char *text, const char *what, struct err *err)
{
    struct strbuf shown = {0};

    url_show(text, &shown);
    err_set(err, ERR_USAGE, "%s: %s", strbuf_text(&shown), what);
    strbuf_release(&shown);
    return err_hint(err,
                    "a URL is HOST:PORT, http://HOST:PORT/PATH or https://...; in front may stand "
                    "pyroscope+ or parca+");
}

static char *copy(const char *text, size_t len)
{
    char *result = mem_alloc(len + 1);

    memcpy(result, text, len);
    return result;
}

/* Percent-decoded; a NUL would end it early, which no server would take as a password either. */
static char *decode(const char *text, size_t len)
{
    char *result = mem_alloc(len + 1), *to = result;

    for (size_t i = 0; i < len; i++) {
        char digits[3] = {0};
        uint64_t value;

        if (text[i] == '%' && len - i > 2)
            memcpy(digits, text + i + 1, 2);
        if (isxdigit((unsigned char)digits[1]) && number_parse_hex(digits, &value)) {
            *to++ = (char)value;
            i += 2;
        } else {
            *to++ = text[i];
        }
    }
    return result;
}

static void read_user(const char *text, size_t len, struct url *url)
{
    const char *colon = memchr(text, ':', len);
    size_t name = colon ? (size_t)(colon - text) : len;

    url->user = decode(text, name);
    url->password = colon ? decode(colon + 1, len - name - 1) : mem_strdup("");
}

/* HOST, HOST:PORT, [IPV6] or [IPV6]:PORT. */
static bool read_host(const char *host, size_t len, bool is_https, struct url *url)
{
    const char *end = host + len, *colon;
    char *port;
    uint64_t number = is_https ? 443 : 80;
    bool done = true;

    if (len && host[0] == '[') {
        const char *close = memchr(host, ']', len);

        colon = close ? close + 1 : end;
        if (!close || close == host + 1 || (colon < end && *colon != ':'))
            return false;
    } else {
        colon = memchr(host, ':', len);
    }
    if (!colon)
        colon = end;
    port = copy(colon, (size_t)(end - colon));
    if (port[0])
        done = number_parse_u64(port + 1, &number) && number >= 1 && number <= 65535;
    free(port);
    if (!done || colon == host)
        return false;
    url->origin = mem_format("%s://%.*s:%u", is_https ? "https" : "http", (int)(colon - host), host,
                             (unsigned)number);
    for (char *c = url->origin; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return true;
}

static const char *skip_prefix(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0 ? text + strlen(prefix) : NULL;
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* By prefix, else by path; a prefix completes the path. */
static void find_backend(bool is_pyroscope, bool is_parca, struct url *url)
{
    const char *add = "";
    size_t len = strlen(url->path);
    char *path;

    if (is_pyroscope || strstr(url->path, URL_PYROSCOPE_SERVICE)) {
        url->backend = BACKEND_PYROSCOPE;
        add = strstr(url->path, URL_PYROSCOPE_SERVICE) ? "" : URL_PYROSCOPE_METHOD;
    } else if (is_parca || ends_with(url->path, URL_PARCA_PATH)) {
        url->backend = BACKEND_PARCA;
        add = ends_with(url->path, "/profiles/query") ? "" : URL_PARCA_PATH;
    }
    if (!*add)
        return;
    while (len && url->path[len - 1] == '/')
        len--;
    path = mem_format("%.*s%s", (int)len, url->path, add);
    free(url->path);
    url->path = path;
}

static bool has_bad_bytes(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= 0x20 || *text == 0x7f || *text == '\\')
            return true;
    return false;
}

bool url_read(const char *text, struct url *url, struct err *err)
{
    const char *pyroscope = skip_prefix(text, "pyroscope+"), *parca = skip_prefix(text, "parca+");
    const char *rest = pyroscope ? pyroscope : parca ? parca : text, *host, *https, *http;
    size_t authority;
    struct url result = {0};

    if (has_bad_bytes(text))
        return refuse(text, "a blank, a backslash or a control character in a URL", err);
    https = skip_prefix(rest, "https://");
    http = https ? NULL : skip_prefix(rest, "http://");
    if (!https && !http && strncmp(rest + strcspn(rest, ":/?#"), "://", 3) == 0)
        return refuse(text, "not http or https", err);
    rest = https ? https : http ? http : rest;
    authority = strcspn(rest, "/?#");
    host = behind_user(rest, rest + authority);
    if (!read_host(host, (size_t)(rest + authority - host), https != NULL, &result))
        return refuse(text, "no host, or a port that is no number from 1 to 65535", err);
    if (host > rest)
        read_user(rest, (size_t)(host - rest - 1), &result);
    result.base =
        mem_format("%s://%.*s", https ? "https" : "http", (int)(rest + authority - host), host);
    rest += authority;
    result.path = copy(rest, strcspn(rest, "?#"));
    rest += strcspn(rest, "?#");
    result.query = *rest == '?' ? copy(rest + 1, strcspn(rest + 1, "#")) : mem_strdup("");
    find_backend(pyroscope != NULL, parca != NULL, &result);
    *url = result;
    return true;
}

void url_release(struct url *url)
{
    free(url->origin);
    free(url->base);
    free(url->path);
    free(url->query);
    free(url->user);
    if (url->password)
        explicit_bzero(url->password, strlen(url->password));
    free(url->password);
    *url = (struct url){0};
}

char *url_parameter(const struct url *url, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = url->query; *at; at += *at == '&') {
        size_t part = strcspn(at, "&");

        if (part > len && at[len] == '=' && memcmp(at, name, len) == 0)
            return decode(at + len + 1, part - len - 1);
        at += part;
    }
    return NULL;
}

void url_escape(const char *text, struct strbuf *out)
{
    for (; *text; text++)
        if (isalnum((unsigned char)*text) || strchr("-._~", *text))
            strbuf_add_char(out, *text);
        else
            strbuf_add_format(out, "%%%02X", (unsigned char)*text);
}
