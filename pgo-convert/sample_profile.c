#include "sample_profile.h"

#include "base/file.h"
#include "profdata.h"
#include "profile/pprof.h"
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
    if (profdata_to_text(content, &text, err))
        tree = read_text(&text, err);
    else if (err->kind == ERR_IO)
        err_hint(err, "it starts like a binary sample profile, but llvm-profdata cannot read it: "
                      "get the file again");
    strbuf_release(&text);
    return tree;
}

struct sampleprof *sample_profile_open(const char *path, struct err *err)
{
    struct strbuf content = {0};
    struct sampleprof *tree = NULL;

    if (file_read(path, PPROF_MAX_BYTES, &content, err)) {
        if (sampleprof_form_of(content.data, content.len) != SAMPLEPROF_NONE) {
            tree = sample_profile_read(&content, err);
        } else {
            err_set(err, ERR_FORMAT, "not a sample profile of LLVM's");
            err_hint(err, "give what pgo-convert wrote, not a recording");
        }
        if (!tree)
            err_prepend(err, "%s: ", path);
    }
    strbuf_release(&content);
    return tree;
}
