/* pgo-collect import of any bytes: records → trace, registers and stacks unwound → profile. */
#include <string.h>

#include "../../collect/import_other.h"
#include "../../collect/import_perf.h"
#include "../../collect/import_script.h"

#include "profile/gperftools.h"
#include "profile/perf_script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct file_map map = {data, len};
    struct import_options options = {.drops_branches = true, .keeps_kernel = len & 1};
    struct binaries binaries = {.only_mapped = true};
    struct imported imported = {0};
    struct err err = {0};
    bool done =
        perf_script_is(data, len)  ? import_script(&map, &options, &binaries, &imported, &err)
        : gperftools_is(data, len) ? import_gperftools(&map, &options, &imported, &err)
                                   : import_perf(&map, &options, &binaries, &imported, &err);

    if (done != (imported.profile != NULL) || (!done && !err.message[0]))
        __builtin_trap();
    imported_release(&imported);
    binaries_close(&binaries);
    return 0;
}
