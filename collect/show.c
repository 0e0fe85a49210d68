/* pgo-collect show: profile, and what is subtracted → rows by function → standard output. */
#include "command.h"

#include <stdio.h>
#include <string.h>

#include "base/talk.h"
#include "input.h"
#include "profile/labels.h"
#include "show_flame.h"
#include "show_options.h"
#include "top.h"
#include "top_print.h"

/* As pprof chooses: the default type, else the last. */
static bool find_value(const struct profile *profile, uint32_t *value, struct err *err)
{
    if (!profile->value_type_count)
        return err_set(err, ERR_FORMAT, "no sample types");
    *value = (uint32_t)profile->value_type_count - 1;
    for (size_t i = 0; i < profile->value_type_count; i++)
        if (strcmp(profile->value_types[i].type, profile->default_type) == 0)
            *value = (uint32_t)i;
    return true;
}

/* Adds it up; *type is that of the rows, and borrowed from the profile. */
static bool add(struct top *top, const struct show_options *options, struct profile *profile,
                struct profile_value_type *type, struct err *err)
{
    uint32_t value;

    if (!find_value(profile, &value, err))
        return false;
    labels_keep(profile, options->labels, options->label_count);
    *type = profile->value_types[value];
    top_add(top, profile, value, TOP_SHOWN);
    return true;
}

static bool subtract(struct top *top, const struct show_options *options, struct profile *base,
                     const struct profile_value_type *type, struct err *err)
{
    const struct profile_value_type *own;
    uint32_t value;

    if (!find_value(base, &value, err))
        return false;
    own = &base->value_types[value];
    if (strcmp(own->type, type->type) != 0 || strcmp(own->unit, type->unit) != 0)
        return err_set(err, ERR_MISMATCH, "found values of %s/%s, expected %s/%s", own->type,
                       own->unit, type->type, type->unit);
    labels_keep(base, options->labels, options->label_count);
    top_add(top, base, value, TOP_BASE);
    return true;
}

static bool flush(struct err *err)
{
    return (fflush(stdout) == 0 && !ferror(stdout)) ||
           err_errno(err, "standard output", "cannot write");
}

static bool show(const struct show_options *options, struct err *err)
{
    struct top top = {0};
    struct profile_value_type type;
    struct profile *profile = input_read(options->path, err), *base = NULL;
    bool done = false;

    if (!profile || (options->base && !(base = input_read(options->base, err))))
        goto out;
    if (!add(&top, options, profile, &type, err)) {
        err_prepend(err, "%s: ", options->path);
        goto out;
    }
    if (base && !subtract(&top, options, base, &type, err)) {
        err_prepend(err, "%s: ", options->base);
        goto out;
    }
    top_order(&top);
    top_print(&top, &type, options->max_rows);
    done = flush(err);
out:
    top_release(&top);
    profile_free(base);
    profile_free(profile);
    return done;
}

int command_show(int argc, char **argv)
{
    struct show_options options;
    struct err err = {0};
    enum show_request request = show_options_read(&options, argc, argv, &err);
    bool done = request == SHOW_SHOWED ||
                (request == SHOW_RUN &&
                 (options.flame ? show_flame(&options, &err) : show(&options, &err)));

    show_options_release(&options);
    return done ? TALK_EXIT_DONE : talk_fail(&err);
}
