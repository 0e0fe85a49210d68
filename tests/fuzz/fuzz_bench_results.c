/*
 * Any bytes as a file of results: what is read of it compares with itself without a difference,
 * and what is written for benchstat of it is read again.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "pgo-bench/go_text.h"
#include "pgo-bench/suite.h"
#include "pgo-bench/suite_report.h"

#define MAX_RUNS 30 /* the exact test is slow above */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare_with_itself(const struct results *results)
{
    struct suite_report report = {"a", "b", NULL};
    struct strbuf text = {0};
    struct results again;
    struct err err = {0};
    struct suite suite;

    if (!suite_compare(results, results, &suite, &err))
        abort();
    report.suite = &suite;
    assert(suite.count == results->count && suite_verdict(&suite) == VERDICT_NO_DIFFERENCE);
    suite_report_text(&report, true, &text);
    suite_report_markdown(&report, &text);
    suite_report_json(&report, &text);
    strbuf_reset(&text);
    go_text_suite(&suite, &text);
    if (results_parse(strbuf_text(&text), text.len, &again, &err)) {
        assert(again.count <= 2 * results->count);
        results_release(&again);
    }
    strbuf_release(&text);
    suite_release(&suite);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct results results;
    struct err err = {0};
    size_t runs = 0;

    if (!results_parse((const char *)data, size, &results, &err))
        return 0;
    for (size_t i = 0; i < results.count; i++)
        runs += results.items[i].count;
    if (runs <= MAX_RUNS)
        compare_with_itself(&results);
    results_release(&results);
    return 0;
}
