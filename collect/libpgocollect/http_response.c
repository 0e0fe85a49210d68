#include "http_response.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

static const char *reason(unsigned status)
{
    switch (status) {
    case 200:
        return "OK";
    case 302:
        return "Found";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 431:
        return "Request Header Fields Too Large";
    case 501:
        return "Not Implemented";
    case 503:
        return "Service Unavailable";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return "Internal Server Error";
    }
}

static void add_line(struct strbuf *out, const char *format, va_list arguments)
{
    char line[512];

    vsnprintf(line, sizeof(line), format, arguments);
    strbuf_add_text(out, line);
}

void http_response_say(struct http_response *response, unsigned status, const char *format, ...)
{
    va_list arguments;

    strbuf_reset(&response->body);
    response->status = status;
    response->type = "text/plain; charset=utf-8";
    va_start(arguments, format);
    add_line(&response->body, format, arguments);
    va_end(arguments);
    strbuf_add_char(&response->body, '\n');
}

void http_response_header(struct http_response *response, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add_line(&response->extra, format, arguments);
    va_end(arguments);
    strbuf_add_text(&response->extra, "\r\n");
}

/* strftime() would say it in the program's language. RFC 9110, 5.6.7. */
static void add_date(struct strbuf *out)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t now = time(NULL);
    struct tm utc;

    if (gmtime_r(&now, &utc))
        strbuf_add_format(out, "Date: %s, %02d %s %d %02d:%02d:%02d GMT\r\n", days[utc.tm_wday],
                          utc.tm_mday, months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour,
                          utc.tm_min, utc.tm_sec);
}

void http_response_write(const struct http_response *response, bool head_only, struct strbuf *out)
{
    strbuf_add_format(out, "HTTP/1.1 %u %s\r\n", response->status, reason(response->status));
    add_date(out);
    strbuf_add_format(out, "Content-Type: %s\r\n", response->type);
    if (!head_only || response->body.len) /* of a profile nobody knows it beforehand */
        strbuf_add_format(out, "Content-Length: %zu\r\n", response->body.len);
    strbuf_add_text(out, "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                         "Connection: close\r\n");
    strbuf_add(out, response->extra.data, response->extra.len);
    strbuf_add_text(out, "\r\n");
    if (!head_only)
        strbuf_add(out, response->body.data, response->body.len);
}

void http_response_release(struct http_response *response)
{
    strbuf_release(&response->extra);
    strbuf_release(&response->body);
}
