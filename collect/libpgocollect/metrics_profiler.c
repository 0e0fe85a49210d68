#include "metrics_profiler.h"

#include "collector.h"
#include "heap.h"

static void count(struct metrics_text *text, const char *name, const char *help, uint64_t value)
{
    metrics_text_family(text, name, METRIC_COUNTER, help);
    metrics_text_count(text, name, "", "", value);
}

static void seconds(struct metrics_text *text, const char *name, const char *help, uint64_t ns)
{
    metrics_text_family(text, name, METRIC_COUNTER, help);
    metrics_text_value(text, name, "", "", (double)ns / 1e9);
}

static void write_push(const struct push *push, struct metrics_text *text)
{
    struct push_stats stats = push_read_stats(push);

    if (!push)
        return;
    count(text, "pgo_collect_push_sent_total", "Profiles that the push server took.",
          stats.sent_count);
    count(text, "pgo_collect_push_failures_total", "Attempts to send a profile that failed.",
          stats.failed_count);
    count(text, "pgo_collect_push_dropped_total", "Profiles that were never sent.",
          stats.dropped_count);
}

static void write_heap(struct metrics_text *text)
{
    struct heap_stats stats;

    if (!heap_read_stats(&stats))
        return;
    count(text, "pgo_collect_heap_samples_total", "Allocations that were sampled.",
          stats.sample_count);
    metrics_text_family(text, "pgo_collect_heap_blocks", METRIC_GAUGE,
                        "Sampled allocations that are alive.");
    metrics_text_count(text, "pgo_collect_heap_blocks", "", "", stats.block_count);
    metrics_text_family(text, "pgo_collect_heap_overflows_total", METRIC_COUNTER,
                        "Sampled allocations whose block or stack found no room.");
    metrics_text_count(text, "pgo_collect_heap_overflows_total", "", "kind=\"block\"",
                       stats.untracked_count);
    metrics_text_count(text, "pgo_collect_heap_overflows_total", "", "kind=\"stack\"",
                       stats.unknown_count);
}

void metrics_write_profiler(const struct push *push, struct metrics_text *text)
{
    struct collector_stats stats = collector_read_stats();

    count(text, "pgo_collect_samples_total", "Samples, by weight: periods of CPU time.",
          stats.sample_weight);
    metrics_text_family(text, "pgo_collect_samples_incomplete_total", METRIC_COUNTER,
                        "Samples whose stack does not reach the outermost frame.");
    metrics_text_count(text, "pgo_collect_samples_incomplete_total", "", "reason=\"broken\"",
                       stats.broken_weight);
    metrics_text_count(text, "pgo_collect_samples_incomplete_total", "", "reason=\"limit\"",
                       stats.limit_weight);
    count(text, "pgo_collect_samples_lost_total", "Samples lost for want of memory, by weight.",
          stats.lost_weight);
    count(text, "pgo_collect_ring_full_total",
          "Records that found no room; the next one of the thread carries their weight.",
          stats.ring_full_count);
    count(text, "pgo_collect_signals_total", "Runs of the signal handler.", stats.signal_count);
    seconds(text, "pgo_collect_handler_seconds_total", "CPU time of the signal handler.",
            stats.handler_ns);
    seconds(text, "pgo_collect_drain_seconds_total", "CPU time of taking samples out of the rings.",
            stats.drain_ns);
    count(text, "pgo_collect_threads_lost_total", "Threads that could not be sampled.",
          stats.lost_threads);
    count(text, "pgo_collect_out_of_memory_total", "Work given up for want of memory.",
          stats.out_of_memory_count);
    metrics_text_family(text, "pgo_collect_threads", METRIC_GAUGE, "Threads that are sampled.");
    metrics_text_count(text, "pgo_collect_threads", "", "", stats.thread_count);
    write_heap(text);
    write_push(push, text);
}
