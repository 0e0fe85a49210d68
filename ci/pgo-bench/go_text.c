#include "pgo-bench/go_text.h"

#include <ctype.h>
#include <stdint.h>

#include "base/path.h"

/* "BenchmarkName/build=base": what a name may not hold becomes '_', its first letter a capital. */
static void add_name(const char *name, const char *build, struct strbuf *out)
{
    strbuf_add_text(out, "Benchmark");
    for (const char *c = name; *c; c++) {
        unsigned char byte = (unsigned char)*c;

        if (byte <= ' ' || byte == 0x7f)
            strbuf_add_char(out, '_');
        else
            strbuf_add_char(out, c == name ? (char)toupper(byte) : *c);
    }
    strbuf_add_format(out, "/build=%s", build);
}

static void add_head(struct strbuf *out)
{
    strbuf_add_format(out, "# pgo-bench %s; to compare: benchstat -col /build FILE\n", PGO_VERSION);
}

static void add_sample(const char *name, const char *build, const struct sample *sample,
                       struct strbuf *out)
{
    add_name(name, build, out);
    strbuf_add_format(out, " 1 %.0f ns/op %.0f user+sys-ns/op %llu peak-RSS-bytes\n",
                      sample->wall_s * 1e9, sample->cpu_s * 1e9,
                      (unsigned long long)sample->peak_bytes);
}

void go_text_pairs(const struct command *base, const struct pairs *pairs, struct strbuf *out)
{
    const char *name = path_base(base->program);

    add_head(out);
    for (size_t i = 0; i < pairs->count; i++) {
        add_sample(name, "base", &pairs->items[i].base, out);
        add_sample(name, "test", &pairs->items[i].test, out);
    }
}

static void add_benchmark(const char *name, const char *build, const struct benchmark *benchmark,
                          struct strbuf *out)
{
    for (size_t i = 0; i < benchmark->count; i++) {
        add_name(name, build, out);
        strbuf_add_format(out, " 1 %.9g ns/op\n", benchmark->times_s[i] * 1e9);
    }
}

void go_text_suite(const struct suite *suite, struct strbuf *out)
{
    add_head(out);
    for (size_t i = 0; i < suite->count; i++) {
        add_benchmark(suite->rows[i].name, "base", suite->rows[i].base, out);
        add_benchmark(suite->rows[i].name, "test", suite->rows[i].test, out);
    }
}
