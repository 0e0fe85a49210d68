/* pgo-collect show: profile, and what is subtracted → rows → standard output. */
#include "command.h"

#include <stdio.h>
#include <string.h>

#include "base/talk.h"
#include "profile/labels.h"
#include "show_flame.h"
#include "show_input.h"
#include "show_options.h"
#include "top.h"
#include "top_print.h"

static void add(struct top *top, const struct show_options *options, struct show_input *input,
                enum top_side side)
{
    labels_keep(input->profile, options->labels, options->label_count);
    top_add(top, input->profile, input->value, side);
}

static bool check_types(const struct show_input *shown, const struct show_input *base,
                        const char *base_path, struct err *err)
{
    const struct profile_value_type *type = &shown->profile->value_types[shown->value];
    const struct profile_value_type *own = &base->profile->value_types[base->value];

    return (strcmp(own->type, type->type) == 0 && strcmp(own->unit, type->unit) == 0) ||
           err_set(err, ERR_MISMATCH, "%s: found values of %s/%s, expected %s/%s", base_path,
                   own->type, own->unit, type->type, type->unit);
}

static bool flush(struct err *err)
{
    return (fflush(stdout) == 0 && !ferror(stdout)) ||
           err_errno(err, "standard output", "cannot write");
}

static bool show(const struct show_options *options, struct err *err)
{
    struct top top = {.by = options->by};
    struct show_input shown = {0}, base = {0};
    bool done =
        show_input_read(&shown, options->path, SHOW_INPUT_PROFILE, err) &&
        (!options->base || (show_input_read(&base, options->base, SHOW_INPUT_PROFILE, err) &&
                            check_types(&shown, &base, options->base, err)));

    if (done) {
        add(&top, options, &shown, TOP_SHOWN);
        if (options->base)
            add(&top, options, &base, TOP_BASE);
        top_order(&top);
        top_print(&top, &shown.profile->value_types[shown.value], options->max_rows);
        done = flush(err);
    }
    top_release(&top);
    show_input_release(&base);
    show_input_release(&shown);
    return done;
}

int command_show(int argc, char **argv)
{
    struct show_options options;
    struct err err = {0};
    enum command_line_result request = show_options_read(&options, argc, argv, &err);
    bool done = request == COMMAND_LINE_SHOWED ||
                (request == COMMAND_LINE_RUN &&
                 (options.flame ? show_flame(&options, &err) : show(&options, &err)));

    show_options_release(&options);
    return done ? TALK_EXIT_DONE : talk_fail(&err);
}
