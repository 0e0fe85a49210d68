#include "profile/perf_zstd.h"

#include <zstd.h>

#include "base/memory.h"

struct perf_zstd {
    ZSTD_DStream *stream;
};

struct perf_zstd *perf_zstd_new(void)
{
    struct perf_zstd *zstd = mem_alloc(sizeof(*zstd));

    zstd->stream = ZSTD_createDStream(); /* NULL without memory: then each read fails */
    return zstd;
}

void perf_zstd_free(struct perf_zstd *zstd)
{
    if (!zstd)
        return;
    ZSTD_freeDStream(zstd->stream);
    free(zstd);
}

bool perf_zstd_read(struct perf_zstd *zstd, const void *data, size_t len, size_t max_bytes,
                    struct strbuf *out, struct err *err)
{
    ZSTD_inBuffer in = {.src = data, .size = len};
    size_t step_bytes = ZSTD_DStreamOutSize(), start = out->len, result;
    ZSTD_outBuffer step;

    do {
        if (out->len - start > max_bytes)
            return err_set(err, ERR_LIMIT, "zstd: more than %zu bytes wait to be put in order",
                           max_bytes);
        step = (ZSTD_outBuffer){.dst = strbuf_reserve(out, step_bytes), .size = step_bytes};
        result = ZSTD_decompressStream(zstd->stream, &step, &in);
        if (ZSTD_isError(result))
            return err_set(err, ERR_FORMAT, "zstd: %s", ZSTD_getErrorName(result));
        out->len += step.pos;
    } while (in.pos < in.size || step.pos == step.size);
    return true;
}
