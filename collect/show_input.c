#include "show_input.h"

#include <string.h>

#include "base/file.h"
#include "demangle.h"
#include "input.h"
#include "profile/pprof.h"
#include "profile/sampleprof_read.h"

/* As pprof chooses: the default type, else the last. */
static uint32_t default_value(const struct profile *profile)
{
    for (uint32_t i = 0; i < profile->value_type_count; i++)
        if (strcmp(profile->value_types[i].type, profile->default_type) == 0)
            return i;
    return (uint32_t)profile->value_type_count - 1;
}

static bool read_counts(struct show_input *input, const struct strbuf *content,
                        enum sampleprof_form form, struct err *err)
{
    if (form == SAMPLEPROF_BINARY) {
        err_set(err, ERR_UNSUPPORTED, "found a binary sample profile, expected a pprof or text");
        return err_hint(err, "llvm-profdata merge --sample --text -o FILE.txt makes text of it");
    }
    input->counts = sampleprof_read_text(content->data, content->len, err);
    return input->counts != NULL;
}

static bool read_profile(struct show_input *input, const struct strbuf *content, struct err *err)
{
    struct profile *profile = input_parse(strbuf_text(content), content->len, err);

    if (!profile)
        return false;
    if (!profile->value_type_count) {
        profile_free(profile);
        return err_set(err, ERR_FORMAT, "no sample types");
    }
    demangle_profile(profile);
    input->profile = profile;
    input->value = default_value(profile);
    return true;
}

bool show_input_read(struct show_input *input, const char *path, enum show_input_kind kind,
                     struct err *err)
{
    struct strbuf content = {0};
    enum sampleprof_form form;
    bool done;

    if (!file_read(path, PPROF_MAX_BYTES, &content, err))
        return false;
    form = sampleprof_form_of(strbuf_text(&content), content.len);
    if (form == SAMPLEPROF_NONE || kind == SHOW_INPUT_PROFILE)
        done = read_profile(input, &content, err);
    else
        done = read_counts(input, &content, form, err);
    strbuf_release(&content);
    return done || err_prepend(err, "%s: ", path);
}

void show_input_release(struct show_input *input)
{
    profile_free(input->profile);
    sampleprof_free(input->counts);
    *input = (struct show_input){0};
}
