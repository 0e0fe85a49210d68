#include "sample_profile.h"

#include "profdata.h"
#include "profile/sampleprof_read.h"

static struct sampleprof *read_text(const struct strbuf *text, struct err *err)
{
    struct sampleprof *tree = sampleprof_read_text(strbuf_text(text), text->len, err);

    if (!tree && err->kind == ERR_FORMAT)
        err_hint(err, "it looks like a sample profile in text, but is damaged: get the file again, "
                      "or convert the recording it came from");
    return tree;
}

struct sampleprof *sample_profile_read(const struct strbuf *content, struct err *err)
{
    struct strbuf text = {0};
    struct sampleprof *tree = NULL;

    if (sampleprof_form_of(content->data, content->len) == SAMPLEPROF_TEXT)
        return read_text(content, err);
    if (profdata_convert(content, PROFDATA_TEXT, &text, err))
        tree = read_text(&text, err);
    else if (err->kind == ERR_IO)
        err_hint(err, "it starts like a binary sample profile, but llvm-profdata cannot read it: "
                      "get the file again");
    strbuf_release(&text);
    return tree;
}
