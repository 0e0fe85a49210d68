#include "similarity.h"

#include <math.h>
#include <string.h>

struct comparison {
    double totals[2];
    double inverse_samples; /* 1/a + 1/b */
    struct similarity result;
};

void similarity_add_site(struct similarity *similarity, double p, double q, double inverse_samples)
{
    similarity->distance += fabs(p - q) / 2;
    similarity->noise += 0.4 * sqrt((p + q) / 2 * inverse_samples);
}

static void compare_site(struct comparison *comparison, uint64_t a, uint64_t b)
{
    similarity_add_site(&comparison->result, (double)a / comparison->totals[0],
                        (double)b / comparison->totals[1], comparison->inverse_samples);
}

static int compare_calls(const struct sampleprof_call *a, const struct sampleprof_call *b)
{
    int order = sampleprof_compare_sites(a->site, b->site);

    return order ? order : strcmp(a->callee->name, b->callee->name);
}

static void compare_lines(struct comparison *comparison, const struct sampleprof_function *a,
                          const struct sampleprof_function *b)
{
    size_t i = 0, j = 0;

    while (i < a->line_count || j < b->line_count) {
        int order = i == a->line_count ? 1
                    : j == b->line_count
                        ? -1
                        : sampleprof_compare_sites(a->lines[i].site, b->lines[j].site);

        compare_site(comparison, order <= 0 ? a->lines[i].count : 0,
                     order >= 0 ? b->lines[j].count : 0);
        i += order <= 0;
        j += order >= 0;
    }
}

/* Both are sorted by the same key, so that they are walked side by side. */
static void compare(struct comparison *comparison, const struct sampleprof_function *a,
                    const struct sampleprof_function *b)
{
    static const struct sampleprof_function nothing;
    size_t i = 0, j = 0;

    compare_lines(comparison, a, b);
    if (a->checksum && b->checksum && a->checksum != b->checksum)
        comparison->result.is_same_graph = false;
    while (i < a->call_count || j < b->call_count) {
        int order = i == a->call_count   ? 1
                    : j == b->call_count ? -1
                                         : compare_calls(&a->calls[i], &b->calls[j]);

        compare(comparison, order <= 0 ? a->calls[i].callee : &nothing,
                order >= 0 ? b->calls[j].callee : &nothing);
        i += order <= 0;
        j += order >= 0;
    }
}

static double inverse(uint64_t samples)
{
    return samples ? 1 / (double)samples : 0;
}

struct similarity similarity_of(const struct sampleprof_function *a,
                                const struct sampleprof_function *b)
{
    struct comparison comparison = {
        .totals = {a->total ? (double)a->total : 1, b->total ? (double)b->total : 1},
        .inverse_samples = inverse(a->samples) + inverse(b->samples),
        .result.is_same_graph = true,
    };

    compare(&comparison, a, b);
    return comparison.result;
}
