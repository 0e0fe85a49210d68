#include "input.h"

#include "base/file.h"
#include "profile/gperftools.h"
#include "profile/perf_data.h"
#include "profile/pprof.h"
#include "profile/sampleprof_read.h"

static bool refuse(struct err *err, const char *found, const char *hint)
{
    err_set(err, ERR_UNSUPPORTED, "found %s, expected a pprof or gperftools' CPU profile", found);
    return err_hint(err, "%s", hint);
}

struct profile *input_parse(const void *data, size_t len, struct err *err)
{
    struct profile *profile;

    if (sampleprof_form_of(data, len) != SAMPLEPROF_NONE) {
        refuse(err, "an LLVM sample profile, which has no stacks",
               "`llvm-profdata show --sample FILE` shows it, `pgo-convert` adds such files up");
        return NULL;
    }
    if (perf_data_is(data, len)) {
        refuse(err, "perf.data", "`pgo-convert` reads perf.data itself");
        return NULL;
    }
    if (gperftools_is(data, len))
        return gperftools_read(data, len, err);
    profile = pprof_read(data, len, err);
    if (!profile && err->kind == ERR_FORMAT)
        err_hint(err, "record or fetch it again; `pgo-collect record` writes such files");
    return profile;
}

struct profile *input_read(const char *path, struct err *err)
{
    struct strbuf content = {0};
    struct profile *profile = NULL;

    if (file_read(path, PPROF_MAX_BYTES, &content, err)) {
        profile = input_parse(strbuf_text(&content), content.len, err);
        if (!profile)
            err_prepend(err, "%s: ", path);
    }
    strbuf_release(&content);
    return profile;
}
