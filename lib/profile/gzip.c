#include "profile/gzip.h"

#include <assert.h>
#include <limits.h>
#include <zlib.h>

#define GZIP_WINDOW_BITS (15 + 16) /* zlib: the largest window, plus 16 for a gzip wrapper */
#define STEP_BYTES       ((size_t)256 * 1024)

bool gzip_is_likely(const void *data, size_t len)
{
    const unsigned char *bytes = data;

    return len >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

/* zlib counts input in unsigned int: gives it the next part of the input. */
static void feed(z_stream *stream, const unsigned char **next, size_t *left)
{
    size_t part = *left < UINT_MAX ? *left : UINT_MAX;

    if (stream->avail_in)
        return;
    stream->next_in = (Bytef *)*next;
    stream->avail_in = (uInt)part;
    *next += part;
    *left -= part;
}

static int inflate_all(z_stream *stream, const unsigned char *next, size_t left, size_t max_bytes,
                       struct strbuf *out)
{
    size_t start = out->len;
    int code = Z_OK;

    while (code == Z_OK || (code == Z_STREAM_END && (stream->avail_in || left))) {
        if (code == Z_STREAM_END) /* another member follows */
            inflateReset(stream);
        feed(stream, &next, &left);
        stream->next_out = (Bytef *)strbuf_reserve(out, STEP_BYTES);
        stream->avail_out = (uInt)STEP_BYTES;
        code = inflate(stream, Z_NO_FLUSH);
        out->len += STEP_BYTES - stream->avail_out;
        if (out->len - start > max_bytes)
            return Z_MEM_ERROR;
    }
    return code;
}

bool gzip_decompress(const void *data, size_t len, size_t max_bytes, struct strbuf *out,
                     struct err *err)
{
    size_t start = out->len;
    z_stream stream = {0};
    int code;

    if (inflateInit2(&stream, GZIP_WINDOW_BITS) != Z_OK)
        return err_set(err, ERR_IO, "zlib does not start");
    code = inflate_all(&stream, data, len, max_bytes, out);
    inflateEnd(&stream);
    if (code == Z_STREAM_END)
        return true;
    out->len = start;
    if (code == Z_MEM_ERROR)
        return err_set(err, ERR_LIMIT, "gzip: the content is larger than %zu bytes", max_bytes);
    return err_set(err, ERR_FORMAT, "gzip: %s",
                   code == Z_BUF_ERROR ? "truncated" : "damaged: the checksum or a code is wrong");
}

void gzip_compress(const void *data, size_t len, struct strbuf *out)
{
    const unsigned char *next = data;
    z_stream stream = {0};
    int code = deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW_BITS, 8,
                            Z_DEFAULT_STRATEGY);

    assert(code == Z_OK);
    do {
        feed(&stream, &next, &len);
        stream.next_out = (Bytef *)strbuf_reserve(out, STEP_BYTES);
        stream.avail_out = (uInt)STEP_BYTES;
        code = deflate(&stream, len ? Z_NO_FLUSH : Z_FINISH);
        out->len += STEP_BYTES - stream.avail_out;
    } while (code == Z_OK);
    assert(code == Z_STREAM_END);
    deflateEnd(&stream);
    strbuf_add(out, "", 0);
}
