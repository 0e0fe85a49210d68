#include "top_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/talk.h"

#define HOT_PCT 10 /* a row of that much flat is red on a terminal */

/* Units that are one below the other; a value is shown in the largest that leaves 1 or more. */
struct unit {
    const char *name;  /* as printed */
    const char *label; /* as a profile has it; NULL: none does */
    double factor;     /* in the first of its kind */
};

static const struct unit times[] = {
    {"ns", "nanoseconds", 1}, {"us", "microseconds", 1e3}, {"ms", "milliseconds", 1e6},
    {"s", "seconds", 1e9},    {"hrs", NULL, 3600e9},
};
static const struct unit sizes[] = {
    {"B", "bytes", 1},          {"kB", NULL, 1024.0},          {"MB", NULL, 1048576.0},
    {"GB", NULL, 1073741824.0}, {"TB", NULL, 1099511627776.0},
};

/* How all values of a table are shown: times `factor`, then `name`. */
struct scale {
    double factor;
    const char *name;
};

static const struct unit *find_unit(const char *label, const struct unit **kind, size_t *count)
{
    for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
        *kind = times;
        *count = ARRAY_SIZE(times);
        if (times[i].label && strcmp(times[i].label, label) == 0)
            return &times[i];
    }
    *kind = sizes;
    *count = ARRAY_SIZE(sizes);
    return strcmp(label, "bytes") == 0 ? sizes : NULL;
}

/* The largest unit in which the value is at least 1. */
static const struct unit *natural_unit(double value, const struct unit *kind, size_t count)
{
    const struct unit *found = kind;

    for (size_t i = 0; i < count; i++)
        if (value / kind[i].factor >= 1)
            found = &kind[i];
    return found;
}

/* The smallest value that is shown but for 0; the total, if there is none. */
static double smallest(const struct top *top, size_t count)
{
    double least = 0;

    for (size_t i = 0; i < count; i++) {
        const struct top_row *row = &top->rows[i];
        double value = fabs((double)(row->flat ? row->flat : row->cum));

        if (value > 0 && (least == 0 || value < least))
            least = value;
    }
    return least > 0 ? least : (double)top->total;
}

/* One unit for the table: of the smallest value, or of 100 times it where the total is far off. */
static struct scale choose_scale(const struct top *top, const struct profile_value_type *type,
                                 size_t count)
{
    const struct unit *kind, *unit, *own;
    size_t kind_count;
    double least;

    own = find_unit(type->unit, &kind, &kind_count);
    if (!own) {
        bool is_plain = strcmp(type->unit, "count") == 0 || !type->unit[0];

        return (struct scale){1, is_plain ? "" : type->unit};
    }
    least = smallest(top, count) * own->factor;
    unit = natural_unit(least, kind, kind_count);
    if (unit != natural_unit((double)top->total * own->factor, kind, kind_count) &&
        least * 100 < (double)top->total * own->factor)
        unit = natural_unit(least * 100, kind, kind_count);
    return (struct scale){own->factor / unit->factor, unit->name};
}

static const char *format_value(char *text, size_t size, const struct scale *scale, int64_t value)
{
    size_t len = (size_t)snprintf(text, size, "%.2f", (double)value * scale->factor);

    if (len > 3 && strcmp(text + len - 3, ".00") == 0)
        text[len -= 3] = '\0';
    if (strcmp(text, "0") == 0 || strcmp(text, "-0") == 0)
        return "0";
    snprintf(text + len, size - len, "%s", scale->name);
    return text;
}

static const char *format_percent(char *text, size_t size, int64_t value, int64_t total)
{
    double percent = total ? fabs((double)value / (double)total) * 100 : 0;

    if (percent >= 99.95 && percent <= 100.05)
        return "  100%";
    snprintf(text, size, percent >= 1 ? "%5.2f%%" : "%5.2g%%", percent);
    return text;
}

struct table {
    const struct top *top;
    struct scale scale;
    size_t count;
    bool is_coloured;
};

static void print_head(const struct table *table, const struct profile_value_type *type)
{
    const struct top *top = table->top;
    char shown[64], total[64], percent[32];
    const char *text;
    int64_t sum = 0;

    for (size_t i = 0; i < table->count; i++)
        sum += top->rows[i].flat;
    text = format_percent(percent, sizeof(percent), sum, top->total);
    printf("Type: %s\n", type->type);
    printf("Showing nodes accounting for %s, %s of %s total\n",
           format_value(shown, sizeof(shown), &table->scale, sum), text + strspn(text, " "),
           format_value(total, sizeof(total), &table->scale, top->total));
    if (top->dropped_count)
        printf("Dropped %zu %s (cum below 0.5%%)\n", top->dropped_count,
               top->dropped_count == 1 ? "node" : "nodes");
    if (table->count < top->kept_count)
        printf("Showing top %zu nodes out of %zu\n", table->count, top->kept_count);
    printf("%10s %5s%% %5s%% %10s %5s%%\n", "flat", "flat", "sum", "cum", "cum");
}

static void print_row(const struct table *table, const struct top_row *row, int64_t sum)
{
    char flat[64], cum[64], flat_pct[32], sum_pct[32], cum_pct[32];
    int64_t total = table->top->total;
    bool is_hot =
        table->is_coloured && total && fabs((double)row->flat / (double)total) * 100 >= HOT_PCT;

    printf("%s%10s %s %s %10s %s  ", is_hot ? "\033[1;31m" : "",
           format_value(flat, sizeof(flat), &table->scale, row->flat),
           format_percent(flat_pct, sizeof(flat_pct), row->flat, total),
           format_percent(sum_pct, sizeof(sum_pct), sum, total),
           format_value(cum, sizeof(cum), &table->scale, row->cum),
           format_percent(cum_pct, sizeof(cum_pct), row->cum, total));
    for (const char *c = row->name; *c; c++) /* a name from a file may hold an escape sequence */
        putchar((unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c);
    printf("%s\n", is_hot ? "\033[0m" : "");
}

void top_print(const struct top *top, const struct profile_value_type *type, size_t max_rows)
{
    struct table table = {.top = top,
                          .count =
                              max_rows && max_rows < top->kept_count ? max_rows : top->kept_count,
                          .is_coloured = talk_wants_colour(STDOUT_FILENO)};
    int64_t sum = 0;

    table.scale = choose_scale(top, type, table.count);
    print_head(&table, type);
    for (size_t i = 0; i < table.count; i++) {
        sum += top->rows[i].flat;
        print_row(&table, &top->rows[i], sum);
    }
}
