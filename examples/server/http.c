#define _GNU_SOURCE /* memmem */
#include "http.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* What the head's fields have said. */
struct fields {
    unsigned hosts;
    bool closes;
    bool keeps_alive; /* asked for in so many words, by HTTP/1.0 */
};

static int digit_of(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if ((digit | 32) >= 'a' && (digit | 32) <= 'f')
        return (digit | 32) - 'a' + 10;
    return -1;
}

/* In place. A NUL byte would end the text early, and is refused like a digit that is none. */
static bool decode(char *text, bool is_query)
{
    char *out = text;

    for (; *text; text++) {
        int high, low;

        if (*text == '%') {
            high = digit_of(text[1]);
            low = high < 0 ? -1 : digit_of(text[2]);
            if (low < 0 || (high | low) == 0)
                return false;
            *out++ = (char)(high << 4 | low);
            text += 2;
        } else {
            *out++ = *text == '+' && is_query ? ' ' : *text;
        }
    }
    *out = '\0';
    return true;
}

static bool read_query(struct http_request *request, char *query)
{
    for (char *part; (part = strsep(&query, "&"));) {
        char *value = part + strcspn(part, "=");

        if (*value)
            *value++ = '\0';
        if (!decode(part, true) || !decode(value, true))
            return false;
        if (!*part || request->parameter_count == HTTP_MAX_PARAMETERS)
            continue;
        request->parameters[request->parameter_count++] = (struct http_parameter){part, value};
    }
    return true;
}

/* "/path?query", or with "http://host" before it, as proxies write it. */
static bool read_target(struct http_request *request, char *target)
{
    char *query;

    if (strncasecmp(target, "http://", 7) == 0) {
        target += 7 + strcspn(target + 7, "/?");
        if (*target != '/')
            return false;
    }
    if (*target != '/' || strchr(target, '#'))
        return false;
    query = strchr(target, '?');
    if (query)
        *query++ = '\0';
    request->path = target;
    return decode(target, false) && (!query || read_query(request, query));
}

static bool is_token(const char *text)
{
    size_t length = strspn(text, "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz");

    return length > 0 && text[length] == '\0';
}

/* "METHOD target HTTP/1.x"; 200, or the status that refuses it. */
static int read_request_line(struct http_request *request, char *line)
{
    char *method = strsep(&line, " ");
    char *target = strsep(&line, " ");

    if (!line || !is_token(method) || strlen(line) != 8 || strncmp(line, "HTTP/", 5) != 0 ||
        !isdigit((unsigned char)line[5]) || line[6] != '.' || !isdigit((unsigned char)line[7]))
        return 400;
    if (line[5] != '1')
        return 505;
    request->keep_alive = line[7] != '0';
    request->is_head = strcmp(method, "HEAD") == 0;
    if (!request->is_head && strcmp(method, "GET") != 0)
        return 405;
    return read_target(request, target) ? 200 : 400;
}

static void read_connection(struct fields *fields, char *value)
{
    for (char *option; (option = strsep(&value, ", \t"));) {
        fields->closes |= strcasecmp(option, "close") == 0;
        fields->keeps_alive |= strcasecmp(option, "keep-alive") == 0;
    }
}

static int read_field(struct fields *fields, char *line)
{
    char *value = line;
    char *name = strsep(&value, ":");

    if (!value || !is_token(name))
        return 400;
    value += strspn(value, " \t");
    if (strcasecmp(name, "Host") == 0)
        fields->hosts++;
    else if (strcasecmp(name, "Connection") == 0)
        read_connection(fields, value);
    else if (strcasecmp(name, "Transfer-Encoding") == 0)
        return 501;
    else if (strcasecmp(name, "Content-Length") == 0) {
        size_t length = strspn(value, "0123456789");

        if (!length || value[length + strspn(value + length, " \t")])
            return 400;
        if (strspn(value, "0") != length)
            return 413;
    }
    return 200;
}

/* Control characters in a head, a line's end without its other half among them, hide things. */
static bool is_clean(const char *head, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)head[i];

        if (byte == '\r' && head[i + 1] == '\n')
            i++;
        else if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
            return false;
    }
    return true;
}

/* The next line of a head whose lines all end in CR LF, or NULL at the empty one. */
static char *next_line(char **head)
{
    char *line = *head;
    char *end = strchr(line, '\r');

    *end = '\0';
    *head = end + 2;
    return *line ? line : NULL;
}

static int read_head(struct http_request *request, char *head)
{
    struct fields fields = {0};
    char *line = next_line(&head);
    bool is_old;
    int status = read_request_line(request, line ? line : "");

    is_old = !request->keep_alive;
    while (status == 200 && (line = next_line(&head)))
        status = read_field(&fields, line);
    if (status == 200 && (fields.hosts > 1 || (fields.hosts == 0 && !is_old)))
        status = 400;
    request->keep_alive = !fields.closes && (!is_old || fields.keeps_alive);
    return status;
}

enum http_result http_parse(struct http_request *request, char *data, size_t length)
{
    size_t skipped = 0;
    char *end;

    *request = (struct http_request){.status = 200};
    /* An empty line before a request is the end of what some clients sent before. */
    while (length - skipped >= 2 && memcmp(data + skipped, "\r\n", 2) == 0)
        skipped += 2;
    end = memmem(data + skipped, length - skipped, "\r\n\r\n", 4);
    if (!end || (size_t)(end + 4 - data) > HTTP_HEAD_SIZE) {
        request->status = length < HTTP_HEAD_SIZE ? 200 : 431;
        return length < HTTP_HEAD_SIZE ? HTTP_INCOMPLETE : HTTP_REFUSED;
    }
    request->length = (size_t)(end + 4 - data);
    request->status = is_clean(data + skipped, request->length - skipped)
                          ? read_head(request, data + skipped)
                          : 400;
    if (request->status == 200)
        return HTTP_REQUEST;
    request->keep_alive = false;
    return HTTP_REFUSED;
}

const char *http_parameter(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->parameter_count; i++) {
        if (strcmp(request->parameters[i].name, name) == 0)
            return request->parameters[i].value;
    }
    return NULL;
}

const char *http_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {400, "Bad Request"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {413, "Content Too Large"},
        {431, "Request Header Fields Too Large"},
        {501, "Not Implemented"},
        {505, "HTTP Version Not Supported"},
    };

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].status == status)
            return reasons[i].reason;
    }
    return "Error";
}

void http_answer(struct text *out, const struct http_request *request, int status,
                 const struct text *json)
{
    text_add_format(out,
                    "HTTP/1.1 %d %s\r\n"
                    "Content-Type: application/json\r\n"
                    "Content-Length: %zu\r\n"
                    "%s%s\r\n",
                    status, http_reason(status), json->length,
                    status == 405 ? "Allow: GET, HEAD\r\n" : "",
                    request->keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n");
    if (!request->is_head)
        text_add(out, json->data, json->length);
}
