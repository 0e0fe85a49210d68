/*
 * pgo_bench.h - benchmarks in C and C++, with what Go's testing package has; see pgo_bench(3).
 *
 *     #include <pgo_bench.h>
 *
 *     BENCH(parse)
 *     {
 *         struct text *text = text_load("big.json"); // not measured
 *
 *         bench_set_bytes(b, text->len); // of each operation: adds MB/s
 *         while (bench_next(b))
 *             bench_keep(parse(text));
 *         text_free(text); // not measured
 *     }
 *
 * BENCH(NAME) defines a function with the parameter `struct bench *b`, and makes it known; no list
 * has to be kept. The program is linked with -lpgobench, which has main(), and prints what
 * `go test -bench . -benchmem` would:
 *
 *     BenchmarkParse         1462     821043 ns/op    127.71 MB/s    40418 B/op    7 allocs/op
 *
 * Its options are those of go test: -bench=REGEX (or -run), -count, -benchtime=2s or 100x, -cpu,
 * -list, and -json=FILE, in the form of Google Benchmark. Exit code: 0; 1 if a benchmark has
 * failed; 2 for wrong usage. A program with a main() of its own calls bench_main().
 *
 * How it is measured. A benchmark is called once for each result. What stands in front of the loop
 * and behind it is not measured. bench_next() lets as many iterations pass as fill -benchtime (1 s)
 * in growing batches: 1, 99, and so on, at most 10^9. All of them count. Between batches it reads
 * the clocks, else it decrements a number: 1 to 2 ns for each iteration.
 *
 * How allocations are counted. -lpgobench_malloc, behind -lpgobench, has malloc() and its like.
 * They add to counters of the calling thread, then call the next allocator in the order of the
 * loader: the C library's, or a jemalloc that is linked behind or preloaded. So it is counted
 * what the whole process allocates, in any thread, while the timer runs, by C, C++ and shared
 * libraries alike. B/op is the size that was asked for; realloc() is one allocation of its new
 * size, as the growth of a slice in Go is. It costs 1 to 2 ns for each. Where another malloc()
 * comes first, which AddressSanitizer's and that of an allocator linked in front does, or with
 * -lpgobench alone, nothing is counted, and B/op and allocs/op are left out. A program that is
 * linked statically needs -lpgobench alone.
 *
 * All functions but bench_keep() and bench_hide() are for the thread that runs the benchmark.
 * Texts are copied.
 */
#ifndef PGO_BENCH_H
#define PGO_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* A benchmark that runs. The rest of it is the library's. */
struct bench {
    uint64_t left; /* iterations of this batch, after the current one */
};

bool bench_next_batch(struct bench *b); /* for bench_next() */

/*
 * Once more? `while (bench_next(b))`, or a for loop with a counter of yours. There is one loop in a
 * benchmark, and it runs until this says false: `break` fails the benchmark.
 */
static inline bool bench_next(struct bench *b)
{
    if (__builtin_expect(b->left == 0, 0))
        return bench_next_batch(b);
    b->left--;
    return true;
}

/*
 * Around what an iteration must do and is not to be measured:
 *
 *     while (bench_next(b)) {
 *         bench_stop(b);
 *         shuffle(items);
 *         bench_start(b);
 *         sort(items);
 *     }
 *
 * The pair takes 1 to 2 us, of which 20 ns are measured: what is itself as fast as that is better
 * prepared many at a time, in front of the loop. If more time passes beside the measured one, a
 * benchmark ends after 10 times -benchtime.
 */
void bench_stop(struct bench *b);
void bench_start(struct bench *b);

/* Forgets what was measured, after a warm-up for instance: the next iteration is the first. */
void bench_reset(struct bench *b);

/* How many bytes one operation works on: adds MB/s. */
void bench_set_bytes(struct bench *b, uint64_t bytes);

/* One more column: a value with a unit of your own, without blanks, such as "hits/op". At most 8.
 */
void bench_set_metric(struct bench *b, double value, const char *unit);

/* Iterations that have begun; behind the loop: all that were measured. */
uint64_t bench_iterations(const struct bench *b);

/*
 * Ends the benchmark without a result, at the next bench_next(). The message is printed; a program
 * with a failed benchmark ends with 1, after it has run the others.
 */
void bench_fail(struct bench *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bench_skip(struct bench *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * A benchmark in a benchmark, of the name PARENT/NAME, where `format` makes NAME:
 *
 *     for (size_t i = 0; i < 3; i++)
 *         bench_run(b, decode, &sizes[i], "size=%zu", sizes[i]);
 *
 * A benchmark with such has no loop of its own. -bench=PARENT/NAME chooses by an expression for
 * each level. False: it has failed.
 */
bool bench_run(struct bench *b, void (*body)(struct bench *b, void *arg), void *arg,
               const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * Runs `body` in as many threads as -cpu says, by default one for each CPU. Each has a bench of its
 * own, and loops by bench_next(); they share the iterations. All begin when each has come to its
 * loop, and what stands behind it is not measured either. Beside bench_next(), a body may call
 * bench_fail() and bench_skip() alone. A result is wall time by the iterations of all; its name
 * ends in the number of threads, if that is not 1: BenchmarkQueue-8.
 */
void bench_parallel(struct bench *b, void (*body)(struct bench *b, void *arg), void *arg);

/* What main() of the library does; the exit code. */
int bench_main(int argc, char **argv);

/*
 * bench_keep(value): the compiler must compute this value, and must believe that somebody reads it
 * and all memory that pointers lead to. bench_hide(variable): it must forget what it knows of this
 * variable. Without them it may compute a result at compile time, or not at all.
 */
#ifdef __cplusplus
} /* extern "C" */

template <class type> static inline void bench_keep(const type &value)
{
    __asm__ volatile("" : : "m"(value) : "memory");
}

extern "C" {
#else
#define bench_keep(value)                                                                          \
    do {                                                                                           \
        __typeof__(value) bench_kept_ = (value);                                                   \
        __asm__ volatile("" : : "m"(bench_kept_) : "memory");                                      \
    } while (0)
#endif
#define bench_hide(variable) __asm__ volatile("" : "+m"(variable) : : "memory")

/* For BENCH(). */
struct bench_entry {
    const char *name;
    void (*body)(struct bench *b);
    struct bench_entry *next;
};

void bench_register(struct bench_entry *entry);

#pragma GCC visibility pop

#define BENCH(name)                                                                                \
    static void bench_body_##name(struct bench *b);                                                \
    __attribute__((constructor)) static void bench_register_##name(void)                           \
    {                                                                                              \
        static struct bench_entry entry = {#name, bench_body_##name, NULL};                        \
                                                                                                   \
        bench_register(&entry);                                                                    \
    }                                                                                              \
    static void bench_body_##name(struct bench *b)

#ifdef __cplusplus
}
#endif

#endif
