#include "branch_text.h"

#include <ctype.h>
#include <string.h>

#include "base/number.h"

#define MAX_LINE_BYTES 256

/* One entry of a list. */
struct entry {
    uint64_t first, second; /* an address alone is both */
    uint64_t count;
};

enum list { LIST_RANGES, LIST_ADDRESSES, LIST_BRANCHES };

static const char *const separators[] = {
    [LIST_RANGES] = "-", [LIST_ADDRESSES] = "", [LIST_BRANCHES] = "->"};
static const char *const expected[] = {[LIST_RANGES] = "a range FIRST-LAST:COUNT",
                                       [LIST_ADDRESSES] = "ADDRESS:COUNT",
                                       [LIST_BRANCHES] = "a branch FROM->TO:COUNT"};

struct reading {
    const char *next, *end; /* of the text */
    size_t line_number;     /* of the line read last */
    char line[MAX_LINE_BYTES];
    bool has_addresses; /* it is the first form */
    struct binary *binary;
    struct branches branches; /* as they stand in the text */
    struct counts addresses;
};

/* The next line without spaces around it; false at the end. A longer one is cut. */
static bool read_line(struct reading *reading)
{
    const char *newline, *start = reading->next, *stop;
    size_t len;

    if (reading->next == reading->end)
        return false;
    newline = memchr(start, '\n', (size_t)(reading->end - start));
    stop = newline ? newline : reading->end;
    reading->next = newline ? newline + 1 : reading->end;
    reading->line_number++;
    while (start < stop && isspace((unsigned char)*start))
        start++;
    while (start < stop && isspace((unsigned char)stop[-1]))
        stop--;
    len = (size_t)(stop - start);
    if (len >= sizeof(reading->line))
        len = sizeof(reading->line) - 1;
    memcpy(reading->line, start, len);
    reading->line[len] = '\0';
    return true;
}

/* The line is FIRST separator SECOND:COUNT; changes it. */
static bool parse_entry(char *line, const char *separator, struct entry *entry)
{
    char *colon = strrchr(line, ':'), *middle;

    if (!colon)
        return false;
    *colon = '\0';
    if (!number_parse_u64(colon + 1, &entry->count))
        return false;
    if (!separator[0]) {
        entry->second = 0;
        return number_parse_hex(line, &entry->first);
    }
    middle = strstr(line, separator);
    if (!middle)
        return false;
    *middle = '\0';
    return number_parse_hex(line, &entry->first) &&
           number_parse_hex(middle + strlen(separator), &entry->second);
}

static bool wrong_line(const struct reading *reading, const char *wanted, struct err *err)
{
    return err_set(err, ERR_FORMAT, "line %zu: found '%.60s', expected %s", reading->line_number,
                   reading->line, wanted);
}

/* The lines that follow their number. */
static bool read_list(struct reading *reading, enum list list, uint64_t count, struct err *err)
{
    for (uint64_t i = 0; i < count; i++) {
        char shown[MAX_LINE_BYTES];
        struct entry entry;

        if (!read_line(reading))
            return err_set(err, ERR_FORMAT, "the text ends after line %zu, expected %s",
                           reading->line_number, expected[list]);
        memcpy(shown, reading->line, sizeof(shown));
        if (!parse_entry(shown, separators[list], &entry))
            return wrong_line(reading, expected[list], err);
        if (list == LIST_ADDRESSES)
            counts_add(&reading->addresses, entry.first, entry.count);
        else
            branches_add(list == LIST_RANGES ? &reading->branches.ranges : &reading->branches.jumps,
                         entry.first, entry.second, entry.count);
    }
    return true;
}

static bool read_number(struct reading *reading, uint64_t *number, struct err *err)
{
    if (!read_line(reading))
        return err_set(err, ERR_FORMAT, "the text ends after line %zu, expected a number of lines",
                       reading->line_number);
    return number_parse_u64(reading->line, number) || wrong_line(reading, "a number of lines", err);
}

/*
 * The second list is of branches, unless a third one follows: then it was of addresses. Whether
 * one does is seen before it is read.
 */
static bool is_of_addresses(const struct reading *reading, uint64_t count)
{
    struct reading ahead = *reading;

    return read_line(&ahead) && (count ? !strstr(ahead.line, "->") : ahead.line[0] != '[');
}

static bool read_lists(struct reading *reading, struct err *err)
{
    uint64_t count;

    if (!number_parse_u64(reading->line, &count))
        return wrong_line(reading, "a number of lines", err);
    if (!read_list(reading, LIST_RANGES, count, err) || !read_number(reading, &count, err))
        return false;
    if (is_of_addresses(reading, count)) {
        reading->has_addresses = true;
        if (!read_list(reading, LIST_ADDRESSES, count, err) || !read_number(reading, &count, err))
            return false;
    }
    return read_list(reading, LIST_BRANCHES, count, err);
}

static bool read_text(struct reading *reading, struct err *err)
{
    while (read_line(reading)) {
        if (reading->line[0] == '\0' || reading->line[0] == '[')
            continue; /* a context: its counts are those of the functions all the same */
        if (!read_lists(reading, err))
            return false;
    }
    return true;
}

/* From the addresses of the text to vaddr. An address that is no code lies outside. */
static void take_over(struct reading *reading, uint64_t weight, struct report *report)
{
    const struct image *image = reading->binary->image;
    uint64_t bias = reading->has_addresses ? image_start(image) : image_code_start(image);
    const struct branches_table *ranges = &reading->branches.ranges;
    const struct branches_table *jumps = &reading->branches.jumps;
    uint64_t total = 0;

    for (size_t i = 0; i < ranges->slot_count; i++) {
        const struct branches_pair *range = &ranges->slots[i];
        uint64_t count = saturating_multiply(range->count, weight);

        total = saturating_add(total, count);
        branches_add(&reading->binary->branches.ranges, range->from_vaddr + bias,
                     range->to_vaddr + bias, count);
    }
    for (size_t i = 0; i < jumps->slot_count; i++) {
        uint64_t from = jumps->slots[i].from_vaddr + bias;

        branches_add(
            &reading->binary->branches.jumps, image_is_code(image, from) ? from : BRANCHES_OUTSIDE,
            jumps->slots[i].to_vaddr + bias, saturating_multiply(jumps->slots[i].count, weight));
    }
    for (size_t i = 0; !ranges->count && i < reading->addresses.count; i++) {
        uint64_t count = saturating_multiply(reading->addresses.items[i].count, weight);

        total = saturating_add(total, count);
        counts_add(&reading->binary->samples, reading->addresses.items[i].vaddr + bias, count);
    }
    report->sample_count = saturating_add(report->sample_count, total);
    report->by_address = saturating_add(report->by_address, total);
}

bool branch_text_is(const char *text, size_t len)
{
    struct reading reading = {.next = text, .end = text + len};
    uint64_t number;

    if (!read_line(&reading))
        return false;
    if (reading.line[0] == '[')
        return read_line(&reading) && number_parse_u64(reading.line, &number);
    return number_parse_u64(reading.line, &number) && read_line(&reading) &&
           (strchr(reading.line, number ? ':' : '\0') != NULL);
}

bool branch_text_read(const char *text, size_t len, uint64_t weight, struct binaries *binaries,
                      struct report *report, struct err *err)
{
    struct reading reading = {.next = text, .end = text + len};
    bool done;

    if (binaries->count != 1) {
        err_set(err, ERR_USAGE, "a text of branches does not say of which binary it is");
        return err_hint(err, "name the one executable that was profiled: --binary=FILE");
    }
    reading.binary = binaries->items[0];
    reading.binary->is_used = true;
    done = read_text(&reading, err);
    if (done)
        take_over(&reading, weight, report);
    else
        err_hint(err, "expected what `llvm-profgen --skip-symbolization` writes, or what "
                      "`create_llvm_prof --profiler=text` reads");
    branches_release(&reading.branches);
    counts_release(&reading.addresses);
    return done;
}
