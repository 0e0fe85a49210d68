/*
 * Readers and writers of profiles, on profiles of the project:
 *
 *     cmake --build build/release --target bench         all; or then
 *     build/release/bin/parts_bench -bench=sampleprof -count=10
 */
#include <pgo_bench.h>

#include "base/file.h"
#include "profile/pprof.h"
#include "profile/sampleprof_read.h"

#define MAX_BYTES ((size_t)64 << 20)

static const char text_path[] = SOURCE_DIR "/pgo-convert/default.pgo";
static const char pprof_path[] = SOURCE_DIR "/tests/fuzz/corpus/pprof/hello.pprof";

/* False: the benchmark has failed, for want of its input. */
static bool load(struct bench *b, const char *path, struct strbuf *content)
{
    struct err err = {0};

    if (file_read(path, MAX_BYTES, content, &err))
        return true;
    bench_fail(b, "%s", err.message);
    return false;
}

static void read_text(struct bench *b, void *arg)
{
    const struct strbuf *content = arg;
    struct err err = {0};

    bench_set_bytes(b, content->len);
    while (bench_next(b)) {
        struct sampleprof *tree = sampleprof_read_text(content->data, content->len, &err);

        if (!tree)
            bench_fail(b, "%s", err.message);
        sampleprof_free(tree);
    }
}

static void write_text(struct bench *b, void *arg)
{
    const struct strbuf *content = arg;
    struct err err = {0};
    struct sampleprof *tree = sampleprof_read_text(content->data, content->len, &err);
    struct sampleprof_losses losses = {0};
    struct strbuf out = {0};

    if (!tree) {
        bench_fail(b, "%s", err.message);
        return;
    }
    while (bench_next(b)) {
        strbuf_reset(&out);
        sampleprof_write_text(tree, &out, &losses);
    }
    bench_set_bytes(b, out.len);
    strbuf_release(&out);
    sampleprof_free(tree);
}

BENCH(sampleprof)
{
    struct strbuf content = {0};

    if (load(b, text_path, &content)) {
        bench_run(b, read_text, &content, "read");
        bench_run(b, write_text, &content, "write");
    }
    strbuf_release(&content);
}

BENCH(pprof_read)
{
    struct strbuf content = {0};
    struct err err = {0};

    if (load(b, pprof_path, &content))
        bench_set_bytes(b, content.len);
    while (bench_next(b)) {
        struct profile *profile = pprof_read(content.data, content.len, &err);

        if (!profile)
            bench_fail(b, "%s", err.message);
        profile_free(profile);
    }
    strbuf_release(&content);
}
