/* The reader of perf.data files, in every form: all records of a file. */
#include <linux/perf_event.h>
#include <string.h>

#include "profile/perf_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct err err = {0};
    struct perf_data *file = perf_data_open(data, len, NULL, &err);
    volatile uint64_t sink = 0; /* so that every byte that is returned is read */
    struct perf_record record;

    while (file && perf_data_next(file, &record, &err) == PERF_DATA_RECORD) {
        if (record.type == PERF_RECORD_SAMPLE) {
            for (size_t i = 0; i < record.sample.chain_count; i++)
                sink += perf_record_caller(&record, i);
            for (size_t i = 0; i < record.sample.branch_count; i++)
                sink += perf_record_branch(&record, i).to_ip;
        } else if (record.type == PERF_RECORD_MMAP || record.type == PERF_RECORD_MMAP2) {
            sink += strlen(record.map.name) + record.map.build_id[record.map.build_id_len / 2];
        }
    }
    perf_data_close(file);
    return 0;
}
