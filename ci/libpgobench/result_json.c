#include <math.h>
#include <time.h>
#include <unistd.h>

#include "libpgobench/result.h"

static void add_string(const char *text, struct strbuf *out)
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

void result_json_head(const char *program, struct strbuf *out)
{
    char date[64] = "", host[256] = "";
    time_t now = time(NULL);
    struct tm local;

    if (localtime_r(&now, &local))
        strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S%z", &local);
    gethostname(host, sizeof(host) - 1);
    strbuf_add_format(out, "{\n  \"context\": {\n    \"date\": \"%s\",\n    \"host_name\": ", date);
    add_string(host, out);
    strbuf_add_text(out, ",\n    \"executable\": ");
    add_string(program, out);
    strbuf_add_format(out,
                      ",\n    \"num_cpus\": %ld,\n    \"library_name\": \"libpgobench\",\n"
                      "    \"library_version\": \"" PGO_VERSION "\"\n  },\n  \"benchmarks\": [",
                      sysconf(_SC_NPROCESSORS_ONLN));
}

static void add_number(const char *key, double value, struct strbuf *out)
{
    strbuf_add_text(out, ",\n      ");
    add_string(key, out);
    strbuf_add_format(out, ": %.10g", value);
}

static void add_measured(const struct result *result, struct strbuf *out)
{
    const struct reading *used = &result->used;
    double count = (double)result->iterations;

    strbuf_add_format(out, ",\n      \"iterations\": %llu", (unsigned long long)result->iterations);
    add_number("real_time", (double)used->wall_ns / count, out);
    add_number("cpu_time", (double)used->cpu_ns / count, out);
    strbuf_add_text(out, ",\n      \"time_unit\": \"ns\"");
    if (result->bytes && used->wall_ns > 0)
        add_number("bytes_per_second", (double)result->bytes * count * 1e9 / (double)used->wall_ns,
                   out);
    if (result->has_allocations) {
        add_number("allocs_per_iter", (double)used->allocations.count / count, out);
        add_number("alloc_bytes_per_iter", (double)used->allocations.bytes / count, out);
    }
    for (size_t i = 0; i < result->metric_count; i++)
        if (isfinite(result->metrics[i].value))
            add_number(result->metrics[i].unit, result->metrics[i].value, out);
}

void result_json(const struct result *result, bool is_first, struct strbuf *out)
{
    strbuf_add_format(out, "%s\n    {\n      \"name\": ", is_first ? "" : ",");
    add_string(result->name, out);
    strbuf_add_text(out, ",\n      \"run_name\": ");
    add_string(result->name, out);
    strbuf_add_format(out,
                      ",\n      \"run_type\": \"iteration\",\n      \"repetitions\": %llu,\n"
                      "      \"repetition_index\": %llu,\n      \"threads\": %u",
                      (unsigned long long)result->repetitions, (unsigned long long)result->index,
                      result->threads ? result->threads : 1);
    if (result->status == RESULT_FAILED) {
        strbuf_add_text(out, ",\n      \"error_occurred\": true,\n      \"error_message\": ");
        add_string(result->message, out);
    } else {
        add_measured(result, out);
    }
    strbuf_add_text(out, "\n    }");
}

void result_json_end(struct strbuf *out)
{
    strbuf_add_text(out, "\n  ]\n}\n");
}
