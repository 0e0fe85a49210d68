#include "http_index.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n<style>\n"
    ":root { --ink: #1c2024; --soft: #5b6570; --paper: #fff; --line: #d9dee3; --code: #f3f5f7;"
    " --link: #0b62c4; --on-link: #fff; }\n"
    "@media (prefers-color-scheme: dark) { :root { --ink: #e3e7eb; --soft: #9aa5b0;"
    " --paper: #15191d; --line: #333b43; --code: #1f252b; --link: #74b3ff; --on-link: #0d1a29; } "
    "}\n"
    "body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);"
    " max-width: 46rem; margin: 2.5rem auto; padding: 0 1.25rem; }\n"
    "h1 { font-size: 1.6rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }\n"
    "h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }\n"
    "p { margin: .25rem 0 .75rem; } .soft { color: var(--soft); }\n"
    "a { color: var(--link); }\n"
    "table { border-collapse: collapse; width: 100%; }\n"
    "td { border-top: 1px solid var(--line); padding: .5rem .75rem .5rem 0; vertical-align: top; "
    "}\n"
    "td:first-child { white-space: nowrap; width: 1%; padding-right: 1.5rem; }\n"
    "form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-top: .5rem; }\n"
    "input, button { font: inherit; padding: .25rem .6rem; border-radius: .4rem;"
    " border: 1px solid var(--line); background: var(--code); color: var(--ink); }\n"
    "input { width: 5rem; }\n"
    "button { background: var(--link); border-color: var(--link); color: var(--on-link);"
    " cursor: pointer; }\n"
    "pre { background: var(--code); border-radius: .5rem; padding: .75rem 1rem; overflow-x: auto;"
    " font: .875rem/1.6 ui-monospace, monospace; margin: 0; }\n"
    "</style>\n";

static const char pages[] =
    "<h2>Pages</h2>\n<table>\n"
    "<tr><td><a href=\"/debug/pprof/profile?seconds=30\">profile</a></td><td>CPU profile of the "
    "next seconds, as pprof: where each thread spends its processor time\n"
    "<form action=\"/debug/pprof/profile\"><label for=\"seconds\">Seconds</label>"
    "<input id=\"seconds\" type=\"number\" name=\"seconds\" value=\"10\" min=\"1\" max=\"600\">"
    "<button>Take a profile</button></form></td></tr>\n"
    "<tr><td><a href=\"/debug/pprof/heap\">heap</a></td><td>what is allocated now and was "
    "allocated so far, by the stacks that did it, if libpgocollect_heap.so is loaded</td></tr>\n"
    "<tr><td><a href=\"/debug/pprof/cmdline\">cmdline</a></td><td>the name of the "
    "program</td></tr>\n"
    "<tr><td><a href=\"/metrics\">metrics</a></td><td>counters of the process, of the profiler and "
    "of the program, for Prometheus</td></tr>\n"
    "</table>\n";

static void add_html(struct strbuf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '<' || c == '>' || c == '&' || c == '"' || c == '\'')
            strbuf_add_format(out, "&#%d;", c);
        else
            strbuf_add_char(out, c < 0x20 || c == 0x7f ? '?' : (char)c);
    }
}

/* What a shell takes as one word, and nothing of it as more. */
static bool is_plain_host(struct http_slice host)
{
    for (size_t i = 0; i < host.len; i++) {
        char c = host.data[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '.' || c == ':' || c == '-' || c == '[' || c == ']'))
            return false;
    }
    return host.len > 0;
}

static void add_commands(struct strbuf *out, struct http_slice host)
{
    const char *name = is_plain_host(host) ? host.data : "localhost:6060";
    int len = is_plain_host(host) ? (int)host.len : 14;

    strbuf_add_text(out, "<h2>From a terminal</h2>\n<pre>");
    strbuf_add_format(out,
                      "# look at it\n"
                      "go tool pprof -http=: 'http://%.*s/debug/pprof/profile?seconds=10'\n\n",
                      len, name);
    strbuf_add_format(out,
                      "# build with it\n"
                      "curl -fo cpu.pprof 'http://%.*s/debug/pprof/profile?seconds=30'\n"
                      "pgo-convert -o default.pgo cpu.pprof\n"
                      "pgo-build make</pre>\n",
                      len, name);
}

void http_index_write(const char *program, struct http_slice host, struct strbuf *out)
{
    const size_t len = strlen(program);

    strbuf_add_text(out, head);
    strbuf_add_text(out, "<title>");
    add_html(out, program, len);
    strbuf_add_text(out, ": profiles</title>\n</head>\n<body>\n<h1>");
    add_html(out, program, len);
    strbuf_add_format(out,
                      "</h1>\n<p class=\"soft\">process %d, profiled by libpgocollect %s</p>\n",
                      (int)getpid(), PGO_VERSION);
    strbuf_add_text(out, pages);
    add_commands(out, host);
    strbuf_add_text(out, "</body>\n</html>\n");
}
