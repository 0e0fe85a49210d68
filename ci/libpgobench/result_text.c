#include <math.h>
#include <string.h>
#include <sys/utsname.h>

#include "libpgobench/result.h"

/* Architectures by the names that Go has for them. */
static const char *go_architecture(const char *machine)
{
    static const struct {
        const char *machine, *go;
    } names[] = {
        {"x86_64", "amd64"}, {"i686", "386"}, {"aarch64", "arm64"}, {"loongarch64", "loong64"}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i].machine, machine) == 0)
            return names[i].go;
    return machine;
}

/* x86 names its model there; elsewhere the line is left out. */
static void add_cpu(struct strbuf *out)
{
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "re");

    while (file && fgets(line, sizeof(line), file)) {
        const char *name = strchr(line, ':');

        if (strncmp(line, "model name", strlen("model name")) != 0 || !name)
            continue;
        strbuf_add_format(out, "cpu: %s", name + 1 + strspn(name + 1, " "));
        break;
    }
    if (file)
        fclose(file);
}

void result_text_name(const char *name, struct strbuf *out)
{
    char first = *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name;

    strbuf_add_format(out, "Benchmark%c%s", first, name + 1);
}

void result_text_head(struct strbuf *out)
{
    struct utsname host = {0};

    uname(&host);
    strbuf_add_format(out, "goos: linux\ngoarch: %s\n", go_architecture(host.machine));
    add_cpu(out);
}

/* Four digits that mean something, the decimal points of a column below each other. */
static void add_value(double value, const char *unit, struct strbuf *out)
{
    static const struct {
        double least; /* what is not rounded down to a shorter form */
        int width, decimals;
    } forms[] = {{999.95, 10, 0},   {99.995, 12, 1},    {9.9995, 13, 2},     {0.99995, 14, 3},
                 {0.099995, 15, 4}, {0.0099995, 16, 5}, {0.00099995, 17, 6}, {0, 18, 7}};
    size_t i = 0;

    while (value != 0 && fabs(value) < forms[i].least)
        i++;
    strbuf_add_format(out, "\t%*.*f %s", forms[i].width, forms[i].decimals, value, unit);
}

static void add_measured(const struct result *result, struct strbuf *out)
{
    double count = (double)result->iterations, wall_ns = (double)result->used.wall_ns;
    const struct allocations *allocations = &result->used.allocations;

    strbuf_add_format(out, "\t%8llu", (unsigned long long)result->iterations);
    add_value(wall_ns / count, "ns/op", out);
    if (result->bytes && wall_ns > 0)
        strbuf_add_format(out, "\t%7.2f MB/s", (double)result->bytes * count * 1e3 / wall_ns);
    for (size_t i = 0; i < result->metric_count; i++)
        add_value(result->metrics[i].value, result->metrics[i].unit, out);
    if (result->has_allocations)
        strbuf_add_format(out, "\t%8llu B/op\t%8llu allocs/op",
                          (unsigned long long)(allocations->bytes / result->iterations),
                          (unsigned long long)(allocations->count / result->iterations));
    strbuf_add_char(out, '\n');
}

void result_text(const struct result *result, int name_width, struct strbuf *out)
{
    struct strbuf name = {0};

    result_text_name(result->name, &name);
    if (result->threads > 1)
        strbuf_add_format(&name, "-%u", result->threads);
    if (result->status == RESULT_MEASURED) {
        strbuf_add_format(out, "%-*s", name_width, strbuf_text(&name));
        add_measured(result, out);
    } else {
        strbuf_add_format(out, "--- %s: %s\n    %s\n",
                          result->status == RESULT_FAILED ? "FAIL" : "SKIP", strbuf_text(&name),
                          result->message);
    }
    strbuf_release(&name);
}
