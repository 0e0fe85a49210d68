#include "event_choice.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/perf_event.h"

/* A name without its PMU and its modifiers: of "cpu_core/cycles/u" or "cycles:u" "cycles". */
struct span {
    const char *text;
    size_t len;
};

static struct span strip(const char *name)
{
    const char *slash = strchr(name, '/');
    struct span span = {slash && slash[1] && slash[1] != '/' ? slash + 1 : name, 0};

    span.len = strcspn(span.text, span.text == name ? ":/" : "/");
    return span;
}

void event_choice_name(const struct perf_data_event *event, struct strbuf *out)
{
    if (event->name[0])
        strbuf_add_text(out, event->name);
    else
        strbuf_add_format(out, "type=%" PRIu32 ",config=0x%" PRIx64, event->type, event->config);
}

void event_choice_unit(const struct perf_data_event *event, struct strbuf *out)
{
    struct span span = strip(event->name);

    if (span.len)
        strbuf_add(out, span.text, span.len);
    else
        event_choice_name(event, out);
}

static bool is_named(const struct perf_data_event *event, const char *asked, bool exactly)
{
    struct span span = strip(event->name);
    struct strbuf name = {0};
    bool is_it;

    event_choice_name(event, &name);
    is_it = strcmp(strbuf_text(&name), asked) == 0;
    strbuf_release(&name);
    return is_it ||
           (!exactly && strlen(asked) == span.len && memcmp(asked, span.text, span.len) == 0);
}

static void choose(struct event_choice *choice, size_t index)
{
    choice->is_chosen[index] = true;
    if (!choice->first)
        choice->first = &choice->events[index];
}

static void choose_named(struct event_choice *choice, const char *asked, bool exactly)
{
    for (size_t i = 0; i < choice->event_count; i++)
        if (is_named(&choice->events[i], asked, exactly))
            choose(choice, i);
}

/* The first one that measures time; else the only one there is. */
static const struct perf_data_event *find_default(const struct event_choice *choice)
{
    for (size_t i = 0; i < choice->event_count; i++)
        if (perf_event_measures_time(&choice->events[i]))
            return &choice->events[i];
    for (size_t i = 1; i < choice->event_count; i++)
        if (!perf_event_is_same(&choice->events[0], &choice->events[i]))
            return NULL;
    return &choice->events[0];
}

static void choose_default(struct event_choice *choice)
{
    const struct perf_data_event *wanted = find_default(choice);

    for (size_t i = 0; wanted && i < choice->event_count; i++)
        if (perf_event_is_same(wanted, &choice->events[i]))
            choose(choice, i);
}

static bool refuse(const struct event_choice *choice, const char *asked, struct err *err)
{
    struct strbuf list = {0};

    for (size_t i = 0; i < choice->event_count; i++) {
        strbuf_add_text(&list, i ? ", " : "");
        event_choice_name(&choice->events[i], &list);
    }
    if (asked)
        err_set(err, ERR_NOT_FOUND, "no event is called %s, found %s", asked, strbuf_text(&list));
    else
        err_set(err, ERR_USAGE, "several events, none of which measures CPU time: %s",
                strbuf_text(&list));
    strbuf_release(&list);
    return err_hint(err, "choose one of them: --event=NAME");
}

bool event_choice_make(struct event_choice *choice, const struct perf_data *data, const char *asked,
                       struct err *err)
{
    *choice = (struct event_choice){0};
    choice->events = perf_data_events(data, &choice->event_count);
    choice->is_chosen = mem_array(choice->event_count, sizeof(*choice->is_chosen));
    if (asked)
        choose_named(choice, asked, true);
    if (asked && !choice->first)
        choose_named(choice, asked, false);
    if (!asked)
        choose_default(choice);
    return choice->first || refuse(choice, asked, err);
}

void event_choice_release(struct event_choice *choice)
{
    free(choice->is_chosen);
    *choice = (struct event_choice){0};
}
