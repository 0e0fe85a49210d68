#include "http_request.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

/* What is left of the head. Tokens are taken off its front. */
struct text {
    const char *at, *end;
};

static bool is_token_char(unsigned char c)
{
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return true;
    return c && strchr("!#$%&'*+-.^_`|~", c);
}

static struct http_slice slice(const char *start, const char *end)
{
    return (struct http_slice){start, (size_t)(end - start)};
}

bool http_slice_equals(struct http_slice slice, const char *text)
{
    return slice.data && slice.len == strlen(text) && memcmp(slice.data, text, slice.len) == 0;
}

static bool equals_nocase(struct http_slice slice, const char *text)
{
    return slice.data && slice.len == strlen(text) && strncasecmp(slice.data, text, slice.len) == 0;
}

static struct http_slice trim(struct http_slice s)
{
    while (s.len && (s.data[0] == ' ' || s.data[0] == '\t'))
        s.data++, s.len--;
    while (s.len && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
        s.len--;
    return s;
}

/* The part before the first `separator`; it and the separator leave `rest`. */
static struct http_slice cut(struct http_slice *rest, char separator)
{
    const char *end = rest->len ? memchr(rest->data, separator, rest->len) : NULL;
    struct http_slice part = *rest;

    if (!end) {
        *rest = (struct http_slice){rest->data ? rest->data + rest->len : NULL, 0};
        return part;
    }
    part.len = (size_t)(end - rest->data);
    rest->data += part.len + 1;
    rest->len -= part.len + 1;
    return part;
}

static struct http_slice take_token(struct text *text)
{
    const char *start = text->at;

    while (text->at < text->end && is_token_char((unsigned char)*text->at))
        text->at++;
    return slice(start, text->at);
}

static bool take_char(struct text *text, char c)
{
    if (text->at == text->end || *text->at != c)
        return false;
    text->at++;
    return true;
}

static bool is_visible(char c)
{
    return c > ' ' && c < 0x7f;
}

/* Visible characters alone: the target of a request. */
static struct http_slice take_visible(struct text *text)
{
    const char *start = text->at;

    while (text->at < text->end && is_visible(*text->at))
        text->at++;
    return slice(start, text->at);
}

/* "/path?query", or the absolute form "http://host/path?query", which a proxy sends. */
static bool split_target(struct http_slice target, struct http_request *request)
{
    static const char scheme[] = "http://";
    const size_t scheme_len = sizeof(scheme) - 1;
    struct http_slice rest = target;

    if (rest.len >= scheme_len && strncasecmp(rest.data, scheme, scheme_len) == 0) {
        const char *path = memchr(rest.data + scheme_len, '/', rest.len - scheme_len);

        if (!path)
            return false;
        rest = slice(path, rest.data + rest.len);
    }
    if (!rest.len || rest.data[0] != '/')
        return false;
    request->path = cut(&rest, '?');
    request->query = rest;
    return true;
}

/* METHOD SP target SP HTTP/1.x */
static enum http_parse parse_request_line(struct text line, struct http_request *request,
                                          bool *host_needed)
{
    struct http_slice method = take_token(&line), target, version;

    if (!method.len || !take_char(&line, ' '))
        return HTTP_PARSE_BAD;
    target = take_visible(&line);
    if (!take_char(&line, ' '))
        return HTTP_PARSE_BAD;
    version = slice(line.at, line.end);
    if (version.len != 8 || memcmp(version.data, "HTTP/", 5) != 0 || version.data[6] != '.' ||
        version.data[7] < '0' || version.data[7] > '9')
        return HTTP_PARSE_BAD;
    if (version.data[5] != '1')
        return HTTP_PARSE_VERSION;
    request->head_only = http_slice_equals(method, "HEAD");
    request->post = http_slice_equals(method, "POST");
    if (!request->head_only && !request->post && !http_slice_equals(method, "GET"))
        return HTTP_PARSE_METHOD;
    if (!split_target(target, request))
        return HTTP_PARSE_BAD;
    *host_needed = version.data[7] > '0';
    return HTTP_PARSE_OK;
}

/* name ":" value. A line that goes on in the next one is obsolete, and its blank is no token. */
static bool parse_field(struct text line, struct http_request *request)
{
    struct http_slice name = take_token(&line), value;

    if (!name.len || !take_char(&line, ':'))
        return false;
    value = trim(slice(line.at, line.end));
    for (size_t i = 0; i < value.len; i++)
        if (((unsigned char)value.data[i] < ' ' && value.data[i] != '\t') || value.data[i] == 0x7f)
            return false;
    if (equals_nocase(name, "host")) {
        if (request->host.data)
            return false;
        request->host = value;
    } else if (equals_nocase(name, "accept") && !request->accept.data) {
        request->accept = value; /* a second one is a list's continuation: nobody sends it */
    }
    return true;
}

/* The line without its end; false if it is not whole yet. */
static bool take_line(struct text *text, struct text *line)
{
    const char *end = memchr(text->at, '\n', (size_t)(text->end - text->at));

    if (!end)
        return false;
    *line = (struct text){text->at, end};
    if (line->end > line->at && line->end[-1] == '\r')
        line->end--;
    text->at = end + 1;
    return true;
}

enum http_parse http_request_parse(const char *bytes, size_t len, struct http_request *request)
{
    struct text text = {bytes, bytes + (len < HTTP_HEAD_MAX_BYTES ? len : HTTP_HEAD_MAX_BYTES)};
    enum http_parse unfinished = len < HTTP_HEAD_MAX_BYTES ? HTTP_PARSE_MORE : HTTP_PARSE_LARGE;
    enum http_parse first;
    bool host_needed = false, fields_ok = true;
    struct text line;

    *request = (struct http_request){0};
    if (!len || !take_line(&text, &line))
        return unfinished;
    first = parse_request_line(line, request, &host_needed);
    if (first == HTTP_PARSE_BAD)
        return first;
    while (take_line(&text, &line)) {
        if (line.at < line.end) {
            fields_ok = parse_field(line, request) && fields_ok;
            continue;
        }
        if (first != HTTP_PARSE_OK)
            return first;
        return fields_ok && (request->host.data || !host_needed) ? HTTP_PARSE_OK : HTTP_PARSE_BAD;
    }
    return unfinished;
}

static bool parse_number(struct http_slice text, unsigned max, unsigned *value)
{
    unsigned long number = 0;

    if (!text.len)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        number = number * 10 + (unsigned long)(text.data[i] - '0');
        if (number > max)
            return false;
    }
    *value = (unsigned)number;
    return true;
}

bool http_query_number(struct http_slice query, const char *name, unsigned min, unsigned max,
                       unsigned *value)
{
    unsigned found = 0;
    bool seen = false;

    while (query.len) {
        struct http_slice number = cut(&query, '&');

        if (!http_slice_equals(cut(&number, '='), name))
            continue;
        if (seen || !parse_number(number, max, &found) || found < min)
            return false;
        seen = true;
    }
    if (seen)
        *value = found;
    return true;
}

/* "0.75" as 750; 1000 for what is no weight. */
static unsigned parse_weight(struct http_slice text)
{
    unsigned weight = 0, unit = 1000;

    if (!text.len || (text.data[0] != '0' && text.data[0] != '1'))
        return 1000;
    for (size_t i = 0; i < text.len && unit; i++) {
        if (i == 1 && text.data[i] == '.')
            continue;
        if (text.data[i] < '0' || text.data[i] > '9')
            return 1000;
        weight += (unsigned)(text.data[i] - '0') * unit;
        unit /= 10;
    }
    return weight < 1000 ? weight : 1000;
}

bool http_accepts_openmetrics(struct http_slice accept)
{
    unsigned openmetrics = 0, plain = 0;

    while (accept.len) {
        struct http_slice range = cut(&accept, ','), type = trim(cut(&range, ';'));
        unsigned weight = 1000;

        while (range.len) {
            struct http_slice value = trim(cut(&range, ';')), key = trim(cut(&value, '='));

            if (equals_nocase(key, "q"))
                weight = parse_weight(trim(value));
        }
        if (equals_nocase(type, "application/openmetrics-text") && weight > openmetrics)
            openmetrics = weight;
        if (equals_nocase(type, "text/plain") && weight > plain)
            plain = weight;
    }
    return openmetrics && openmetrics >= plain;
}

/* The host without its port: "[::1]:80", "127.0.0.1:80", "name". */
static struct http_slice host_name(struct http_slice host)
{
    if (host.len && host.data[0] == '[') {
        struct http_slice rest = {host.data + 1, host.len - 1};

        return cut(&rest, ']');
    }
    return cut(&host, ':');
}

bool http_host_is_local(struct http_slice host)
{
    static const char suffix[] = ".localhost";
    struct http_slice name = host_name(host);
    unsigned char number[sizeof(struct in6_addr)];
    char text[INET6_ADDRSTRLEN];

    if (!name.len || equals_nocase(name, "localhost"))
        return true;
    if (name.len > sizeof(suffix) - 1 &&
        strncasecmp(name.data + name.len - (sizeof(suffix) - 1), suffix, sizeof(suffix) - 1) == 0)
        return true;
    if (name.len >= sizeof(text))
        return false;
    memcpy(text, name.data, name.len);
    text[name.len] = '\0';
    return inet_pton(AF_INET, text, number) == 1 || inet_pton(AF_INET6, text, number) == 1;
}
