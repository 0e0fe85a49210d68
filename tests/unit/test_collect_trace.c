/* From decoded records to a profile: attribution in time, merging, order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include "profile/pprof.h"
#include "../../collect/symbolize.h"
#include "../../collect/trace.h"

static void map(struct trace *trace, uint32_t pid, uint64_t start, uint64_t limit, const char *name)
{
    struct perf_record record = {.type = PERF_RECORD_MMAP2, .pid = pid, .tid = pid};

    record.map.start_ip = start;
    record.map.limit_ip = limit;
    record.map.pgoff = 0x1000;
    record.map.name = name;
    record.map.build_id_len = 2;
    memcpy(record.map.build_id, "\xab\x01", 2);
    trace_add(trace, &record);
}

static void sample(struct trace *trace, uint32_t pid, const uint64_t *chain, size_t count)
{
    struct perf_record record = {.type = PERF_RECORD_SAMPLE, .pid = pid, .tid = pid};

    record.sample.ip = chain[0];
    record.sample.chain = (const unsigned char *)(count > 1 ? chain + 1 : NULL);
    record.sample.chain_count = count - 1;
    trace_add(trace, &record);
}

static void sample_leaf(struct trace *trace, uint32_t pid, uint64_t ip)
{
    sample(trace, pid, &ip, 1);
}

static struct profile *build(const struct trace *trace)
{
    struct profile *profile = profile_new();

    profile_add_value_type(profile, "samples", "count");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    stacks_build(&trace->stacks, trace->spaces.mappings, trace->spaces.mapping_count, 1000,
                 profile);
    return profile;
}

static const struct profile_location *leaf(const struct profile *profile, size_t sample_index)
{
    return &profile->locations[profile->samples[sample_index].locations[0]];
}

/* One ip, three times, in what was mapped there each time. */
static void test_mapping_of_its_time(void **state)
{
    struct perf_record exec = {
        .type = PERF_RECORD_COMM, .misc = PERF_RECORD_MISC_COMM_EXEC, .pid = 1, .name = "b"};
    struct trace trace = {0};
    struct profile *profile;

    (void)state;
    map(&trace, 1, 100, 200, "[a]");
    sample_leaf(&trace, 1, 150);
    map(&trace, 1, 140, 160, "[b]");
    sample_leaf(&trace, 1, 150);
    sample_leaf(&trace, 1, 150);
    trace_add(&trace, &exec);
    sample_leaf(&trace, 1, 150);
    assert_int_equal(trace.unmapped_count, 1);
    profile = build(&trace);
    assert_int_equal(profile->sample_count, 3);
    assert_int_equal(profile->mapping_count, 2);
    assert_string_equal(profile->mappings[0].file, "[b]"); /* the most samples */
    assert_string_equal(profile->mappings[0].build_id, "ab01");
    assert_int_equal(leaf(profile, 0)->mapping, 0);
    assert_int_equal(profile->samples[0].values[0], 2);
    assert_int_equal(profile->samples[0].values[1], 2000);
    assert_int_equal(leaf(profile, 2)->mapping, PROFILE_NONE);
    assert_int_equal(leaf(profile, 2)->ip, 150);
    profile_free(profile);
    trace_release(&trace);
}

static void test_call_chain(void **state)
{
    const uint64_t chain[] = {110, (uint64_t)PERF_CONTEXT_USER, 110, 121, 131, 999, 141};
    struct trace trace = {0};
    struct profile *profile;

    (void)state;
    map(&trace, 1, 100, 200, "[a]");
    sample(&trace, 1, chain, ARRAY_SIZE(chain));
    sample(&trace, 1, chain, ARRAY_SIZE(chain));
    profile = build(&trace);
    assert_int_equal(profile->sample_count, 1);
    assert_int_equal(profile->samples[0].values[0], 2);
    assert_int_equal(profile->samples[0].location_count, 3); /* 999 is no code: it ends there */
    for (size_t i = 0; i < 3; i++) {
        static const uint64_t expected[] = {110, 120, 130};

        assert_int_equal(profile->locations[profile->samples[0].locations[i]].ip, expected[i]);
    }
    profile_free(profile);
    trace_release(&trace);
}

static void test_counts(void **state)
{
    struct perf_record lost = {.type = PERF_RECORD_LOST, .lost = 5};
    struct perf_record throttled = {.type = PERF_RECORD_THROTTLE};
    struct trace trace = {0};

    (void)state;
    trace_add(&trace, &lost);
    lost.type = PERF_RECORD_LOST_SAMPLES;
    trace_add(&trace, &lost);
    trace_add(&trace, &throttled);
    sample_leaf(&trace, 1, 1);
    sample_leaf(&trace, 1, 1);
    sample_leaf(&trace, 2, 1);
    assert_int_equal(trace_lost_count(&trace), 10);
    assert_int_equal((int)trace_lost_pct(&trace), 76); /* 10 of 13 */
    assert_int_equal(trace.throttled_count, 1);
    assert_int_equal(trace.sample_count, 3);
    assert_int_equal(trace.pids.count, 2);
    trace_release(&trace);
}

static void check_labels(const struct profile_sample *sample, const char *comm, int64_t pid)
{
    assert_int_equal(sample->label_count, 2);
    assert_string_equal(sample->labels[0].key, "comm");
    assert_string_equal(sample->labels[0].text, comm);
    assert_string_equal(sample->labels[1].key, "pid");
    assert_int_equal(sample->labels[1].number, pid);
}

/* One stack in several processes, and in one that execs; what runs in the kernel is left out. */
static void test_by_process(void **state)
{
    struct perf_record fork = {.type = PERF_RECORD_FORK, .pid = 2, .tid = 2};
    struct perf_record thread = {.type = PERF_RECORD_COMM, .pid = 1, .tid = 5, .name = "worker"};
    struct perf_record exec = {.type = PERF_RECORD_COMM,
                               .misc = PERF_RECORD_MISC_COMM_EXEC,
                               .pid = 2,
                               .tid = 2,
                               .name = "ls"};
    struct perf_record kernel = {
        .type = PERF_RECORD_SAMPLE, .misc = PERF_RECORD_MISC_KERNEL, .pid = 1, .tid = 1};
    struct trace trace = {.by_process = true};
    struct profile *profile = profile_new();
    struct arena arena = {0};

    (void)state;
    fork.task.parent_pid = fork.task.parent_tid = 1;
    processes_name(&trace.processes, 1, "sh");
    sample_leaf(&trace, 1, 150);
    trace_add(&trace, &thread); /* a thread's name is not the process's */
    trace_add(&trace, &fork);
    sample_leaf(&trace, 1, 150);
    sample_leaf(&trace, 2, 150);
    trace_add(&trace, &exec);
    sample_leaf(&trace, 2, 150);
    trace_add(&trace, &kernel);
    kernel.pid = kernel.tid = 0; /* idle */
    trace_add(&trace, &kernel);

    profile_add_value_type(profile, "samples", "count");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    stacks_build_tagged(&trace.stacks, processes_labels(&trace.processes, &arena),
                        trace.spaces.mappings, trace.spaces.mapping_count, 1000, profile);
    assert_int_equal(profile->sample_count, 3);
    assert_int_equal(profile->samples[0].values[0], 2);
    check_labels(&profile->samples[0], "sh", 1);
    check_labels(&profile->samples[1], "sh", 2);
    check_labels(&profile->samples[2], "ls", 2);
    assert_int_equal(trace.sample_count, 4);
    assert_int_equal(trace.kernel_count, 1);
    arena_release(&arena);
    profile_free(profile);
    trace_release(&trace);
}

/* Where the kernel was entered the ip is exact; its frames are kept if that was asked for. */
static void test_kernel(void **state)
{
    const uint64_t chain[] = {(uint64_t)PERF_CONTEXT_KERNEL, 0xffff9000, 0xffff9101,
                              (uint64_t)PERF_CONTEXT_USER,   120,        131};
    static const uint64_t expected[] = {0xffff9000, 0xffff9100, 120, 130};
    struct perf_record record = {.type = PERF_RECORD_SAMPLE,
                                 .misc = PERF_RECORD_MISC_KERNEL,
                                 .pid = 1,
                                 .sample = {.ip = 0xffff9000,
                                            .period = 7,
                                            .chain = (const unsigned char *)chain,
                                            .chain_count = ARRAY_SIZE(chain)}};
    struct trace left_out = {0}, kept = {.keeps_kernel = true};
    struct profile *profile;

    (void)state;
    trace_add(&left_out, &record);
    assert_int_equal(left_out.kernel_count, 1);
    assert_int_equal(left_out.sample_count, 0);
    trace_release(&left_out);

    map(&kept, 1, 100, 200, "[a]");
    map(&kept, UINT32_MAX, 0xffff0000, 0xffffffff, "[kernel.kallsyms]");
    trace_add(&kept, &record);
    trace_add(&kept, &record);
    record.misc = PERF_RECORD_MISC_GUEST_USER;
    trace_add(&kept, &record);
    assert_int_equal(kept.sample_count, 2);
    assert_int_equal(kept.guest_count, 1);
    assert_int_equal(kept.periods[0], 14);
    profile = build(&kept);
    assert_int_equal(profile->sample_count, 1);
    assert_int_equal(profile->samples[0].location_count, ARRAY_SIZE(expected));
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
        assert_int_equal(profile->locations[profile->samples[0].locations[i]].ip, expected[i]);
    assert_string_equal(profile->mappings[leaf(profile, 0)->mapping].file, "[kernel.kallsyms]");
    profile_free(profile);
    trace_release(&kept);
}

enum { SAMPLES = 400 };

/* The bytes of a profile of these samples, in an order that the seed decides. */
static struct strbuf write_shuffled(unsigned seed, uint64_t *total)
{
    static const char *const files[] = {"[a]", "[b]", "[c]"};
    struct trace trace = {0};
    struct strbuf bytes = {0};
    struct profile *profile;
    int order[SAMPLES];

    srand(seed);
    for (int i = 0; i < SAMPLES; i++)
        order[i] = i;
    for (int i = SAMPLES - 1; i > 0; i--) {
        int other = rand() % (i + 1), saved = order[i];

        order[i] = order[other];
        order[other] = saved;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(files); i++) {
        unsigned which = (i + seed) % ARRAY_SIZE(files);

        map(&trace, 1, 100 + which * 100, 200 + which * 100, files[which]);
    }
    for (int i = 0; i < SAMPLES; i++) {
        uint64_t chain[] = {90 + (uint64_t)(order[i] * order[i] % 311), 0, 120, 250};

        chain[1] = chain[0];
        sample(&trace, 1, chain, 1 + (size_t)(order[i] % 4));
    }
    profile = build(&trace);
    *total = symbolize_measure(profile).total;
    pprof_write(profile, &bytes);
    profile_free(profile);
    trace_release(&trace);
    return bytes;
}

static void test_order_does_not_matter(void **state)
{
    uint64_t total;
    struct strbuf first = write_shuffled(1, &total);

    (void)state;
    for (unsigned seed = 1; seed < 10; seed++) {
        struct strbuf other = write_shuffled(seed, &total);

        assert_int_equal(total, SAMPLES); /* none lost, none invented */
        assert_int_equal(first.len, other.len);
        assert_memory_equal(first.data, other.data, first.len);
        strbuf_release(&other);
    }
    strbuf_release(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mapping_of_its_time),
        cmocka_unit_test(test_call_chain),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_by_process),
        cmocka_unit_test(test_kernel),
        cmocka_unit_test(test_order_does_not_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
