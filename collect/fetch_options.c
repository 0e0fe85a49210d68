#include "fetch_options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "output.h"

#define DEFAULT_TIMEOUT_S 60
#define DEFAULT_RETRIES   3
#define DEFAULT_MAX_BYTES ((uint64_t)256 << 20)
#define MAX_SECONDS       (24 * 3600)
#define MAX_MAX_BYTES     ((uint64_t)4 << 30)

enum {
    SECONDS,
    TIMEOUT,
    HEADER,
    BEARER,
    USER,
    CACERT,
    CERT,
    KEY,
    SOCKET,
    QUERY,
    FROM,
    TO,
    RETRIES,
    MAX_SIZE,
    STRICT,
    OUTPUT,
    FORCE
};

static const struct option_spec table[] = {
    {"--seconds", OPTION_VALUE, "N",
     "how long a plain URL is to sample (30, unless the URL\nitself has seconds=N)", SECONDS},
    {"--query", OPTION_VALUE, "Q",
     "Pyroscope, Parca: the profiles, as TYPE{LABELS};\nTYPE is CPU by default (Pyroscope)", QUERY},
    {"--from", OPTION_VALUE, "T",
     "... of this time on: now-7d, 2026-11-20T10:00:00Z or\nseconds since 1970 (now-1h)", FROM},
    {"--to", OPTION_VALUE, "T", "... up to this time (now)", TO},
    {"-H", OPTION_VALUE, "'K: V'", "a header of each request; may be given again", HEADER},
    {"--bearer-file", OPTION_VALUE, "F", "a token, as Authorization: Bearer; the first line of F",
     BEARER},
    {"--user-file", OPTION_VALUE, "F", "NAME:PASSWORD, likewise; else those of ~/.netrc", USER},
    {"--cacert", OPTION_VALUE, "F", "trust the authorities in F (PEM) instead of the system's",
     CACERT},
    {"--cert", OPTION_VALUE, "F", "our certificate for the server (PEM)", CERT},
    {"--key", OPTION_VALUE, "F", "... and its key, if F does not hold it", KEY},
    {"--unix-socket", OPTION_VALUE, "F", "connect to this socket, whatever the URL's host", SOCKET},
    {"--timeout", OPTION_VALUE, "N", "seconds to wait beyond those that are sampled (60)", TIMEOUT},
    {"--retries", OPTION_VALUE, "N",
     "tries after the first, when nobody listens or the\nserver is busy (3)", RETRIES},
    {"--max-size", OPTION_VALUE, "BYTES", "of a reply, as it comes and unpacked; K, M, G (256M)",
     MAX_SIZE},
    GATE_OPTIONS,
    {"--strict", OPTION_FLAG, NULL, "fail if one of several URLs fails", STRICT},
    {"-o", OPTION_VALUE, "FILE", "the profile to write (default.pgo); - is standard output",
     OUTPUT},
    {"-f", OPTION_FLAG, NULL, "overwrite the file", FORCE},
    COMMAND_LINE_OPTIONS,
};

static void show_help(void)
{
    struct strbuf list = {0};

    options_describe(table, ARRAY_SIZE(table), &list);
    printf(
        "usage: pgo-collect fetch [OPTION]... URL...\n\n"
        "Gets a CPU profile from where it is served, and writes it as default.pgo, with names and\n"
        "lines of the binaries that can be read here.\n\n"
        "  HOST:PORT                 /debug/pprof/profile there: libpgocollect, Go, Rust, ...\n"
        "  http[s]://HOST/PATH       this pprof (or gperftools' CPU profile)\n"
        "  pyroscope+http://HOST     what Pyroscope has stored; also by the path\n"
        "  parca+http://HOST         what Parca has stored; also by the path\n\n"
        "Options:\n%s\n"
        "Tokens and passwords are read from files, and never shown. Proxies are those of\n"
        "http_proxy, https_proxy and NO_PROXY.\n\n"
        "Examples:\n"
        "  pgo-collect fetch 127.0.0.1:6060\n"
        "  pgo-collect fetch --seconds 60 shop-1:6060 shop-2:6060 shop-3:6060\n"
        "  pgo-collect fetch --seconds 60 -f https://shop.example/debug/pprof/profile && \\\n"
        "      pgo-build make\n"
        "  pgo-collect fetch --query '{service_name=\"shop\"}' --from now-7d \\\n"
        "      --bearer-file token pyroscope+https://profiles.example\n"
        "  pgo-collect fetch --unix-socket /run/shop/pprof.sock http://localhost\n\n"
        "Exit code: 0 done; 1 failed, nothing written; 2 for a wrong command line. Of several\n"
        "URLs one is enough, unless --strict is given.\n",
        strbuf_text(&list));
    strbuf_release(&list);
}

static bool set_number(const char *name, const char *value, uint64_t least, uint64_t most,
                       uint64_t *number, struct err *err)
{
    if (number_parse_u64(value, number) && *number >= least && *number <= most)
        return true;
    return err_set(err, ERR_USAGE, "%s %s: expected a whole number from %llu to %llu", name, value,
                   (unsigned long long)least, (unsigned long long)most);
}

static bool set_size(const char *value, uint64_t *bytes, struct err *err)
{
    static const char units[] = "KMG";
    char *digits = mem_strdup(value);
    size_t len = strlen(digits);
    const char *unit = len ? strchr(units, toupper((unsigned char)digits[len - 1])) : NULL;
    bool done;

    if (unit && *unit)
        digits[len - 1] = '\0';
    done = number_parse_u64(digits, bytes);
    free(digits);
    if (done && unit && *unit)
        *bytes = saturating_multiply(*bytes, (uint64_t)1 << (10 * (unit - units + 1)));
    return (done && *bytes >= 1 && *bytes <= MAX_MAX_BYTES) ||
           err_set(err, ERR_USAGE, "--max-size %s: expected bytes, from 1 to 4G", value);
}

/* The value may be a secret: it is never shown. */
static bool add_header(struct fetch_options *options, const char *value, struct err *err)
{
    size_t name = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    if (name == 0 || value[name] != ':' || strpbrk(value, "\r\n")) {
        err_set(err, ERR_USAGE, "-H: not of the form 'Name: value'");
        return err_hint(err, "-H 'X-Scope-OrgID: shop'; a token is better kept in --bearer-file");
    }
    *ARRAY_PUSH(options->headers, options->header_count, options->header_capacity) = value;
    return true;
}

static bool set_text(const char *name, const char *value, const char **text, struct err *err)
{
    *text = value;
    return *value || err_set(err, ERR_USAGE, "%s: the value is empty", name);
}

static bool set(void *data, int id, const char *value, struct err *err)
{
    struct fetch_options *options = data;

    switch (id) {
    case OPTIONS_OPERAND:
        *ARRAY_PUSH(options->urls, options->url_count, options->url_capacity) = value;
        return true;
    case SECONDS:
        return set_number("--seconds", value, 1, MAX_SECONDS, &options->seconds, err);
    case TIMEOUT:
        return set_number("--timeout", value, 1, MAX_SECONDS, &options->timeout_s, err);
    case RETRIES:
        return set_number("--retries", value, 0, 100, &options->max_retries, err);
    case MAX_SIZE:
        return set_size(value, &options->max_bytes, err);
    case HEADER:
        return add_header(options, value, err);
    case BEARER:
        return set_text("--bearer-file", value, &options->bearer_file, err);
    case USER:
        return set_text("--user-file", value, &options->user_file, err);
    case CACERT:
        return set_text("--cacert", value, &options->cacert, err);
    case CERT:
        return set_text("--cert", value, &options->cert, err);
    case KEY:
        return set_text("--key", value, &options->key, err);
    case SOCKET:
        return set_text("--unix-socket", value, &options->unix_socket, err);
    case QUERY:
        return set_text("--query", value, &options->query, err);
    case FROM:
        return set_text("--from", value, &options->from, err);
    case TO:
        return set_text("--to", value, &options->to, err);
    case OUTPUT:
        return set_text("-o", value, &options->output, err);
    case STRICT:
        options->strict = true;
        return true;
    case FORCE:
        options->force = true;
        return true;
    default:
        return gate_set(&options->gate, id, value, err);
    }
}

static bool check(const void *data, struct err *err)
{
    const struct fetch_options *options = data;

    if (options->url_count == 0) {
        err_set(err, ERR_USAGE, "no URL given");
        return err_hint(err, "pgo-collect fetch 127.0.0.1:6060");
    }
    if (options->bearer_file && options->user_file)
        return err_set(err, ERR_USAGE, "--bearer-file and --user-file, expected one of them");
    if (options->key && !options->cert)
        return err_set(err, ERR_USAGE, "--key without --cert");
    return true;
}

enum command_line_result fetch_options_read(struct fetch_options *options, int argc, char **argv,
                                            struct err *err)
{
    static const struct command_line line = {table, ARRAY_SIZE(table), show_help, set, check};

    *options = (struct fetch_options){.gate = GATE_DEFAULTS,
                                      .timeout_s = DEFAULT_TIMEOUT_S,
                                      .max_bytes = DEFAULT_MAX_BYTES,
                                      .max_retries = DEFAULT_RETRIES,
                                      .output = OUTPUT_DEFAULT};
    return command_line_read(&line, options, argc, argv, err);
}

void fetch_options_release(struct fetch_options *options)
{
    free(options->urls);
    free(options->headers);
    *options = (struct fetch_options){0};
}
