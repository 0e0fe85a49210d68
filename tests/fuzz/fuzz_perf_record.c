/*
 * The decoder of perf records. Input: u64 sample_type, u64 read_format, u8 (bit 0
 * sample_id_all, bits 1 to 7 sample_regs_user), then records one after the other.
 */
#include <linux/perf_event.h>
#include <string.h>

#include "profile/perf_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct perf_record_layout layout = {0};
    struct perf_record record;
    struct err err = {0};
    size_t register_count;
    volatile uint64_t sink = 0; /* so that every byte that is returned is read */

    if (len < 17)
        return 0;
    memcpy(&layout.sample_type, data, 8);
    memcpy(&layout.read_format, data + 8, 8);
    layout.sample_id_all = data[16] & 1;
    layout.sample_regs_user = data[16] >> 1;
    register_count = (size_t)__builtin_popcountll(layout.sample_regs_user);
    data += 17;
    len -= 17;
    while (perf_record_read(data, len, &layout, &record, &err)) {
        if (record.type == PERF_RECORD_SAMPLE) {
            for (size_t i = 0; i < record.sample.chain_count; i++)
                sink += perf_record_caller(&record, i);
            for (size_t i = 0; i < record.sample.branch_count; i++)
                sink += perf_record_branch(&record, i).to_ip;
            for (size_t i = 0; record.sample.registers && i < register_count; i++)
                sink += perf_record_register(&record, i);
            for (size_t i = 0; i < record.sample.stack_bytes; i++)
                sink += record.sample.stack[i];
        } else if (record.type == PERF_RECORD_MMAP || record.type == PERF_RECORD_MMAP2)
            sink += strlen(record.map.name) + record.map.build_id[record.map.build_id_len / 2];
        else if (record.type == PERF_RECORD_COMM)
            sink += strlen(record.name);
        data += record.size_bytes;
        len -= record.size_bytes;
    }
    return 0;
}
