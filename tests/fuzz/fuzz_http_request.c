/* Any bytes as the head of a request, and what is in it as query, Accept and Host. */
#include <stddef.h>
#include <stdint.h>

#include "../../collect/libpgocollect/http_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_request request;
    unsigned seconds = 30;

    if (http_request_parse((const char *)data, size, &request) != HTTP_PARSE_OK)
        return 0;
    if (http_query_number(request.query, "seconds", 1, 600, &seconds) &&
        (seconds < 1 || seconds > 600 || !request.path.len || request.path.data[0] != '/'))
        __builtin_trap();
    http_accepts_openmetrics(request.accept);
    http_host_is_local(request.host);
    return 0;
}
