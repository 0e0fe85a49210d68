/*
 * gperftools.h - the CPU profiles that gperftools writes (CPUPROFILE=FILE, ProfilerStart()).
 *
 * Reading takes any input: every count is checked against the bytes that are there. The values are
 * those of pprof, samples/count and cpu/nanoseconds. Only mappings with samples are kept; the file
 * has no build ids, no names and no lines. Programs of 32 and 64 bits, of either byte order.
 *
 * Source: gperftools, docs/cpuprofile-fileformat.adoc; src/profiledata.cc writes it. A slot is a
 * word of the program's pointer size, in its byte order:
 *
 *     header   0 | 3 (slots that follow) | 0 (version) | period in microseconds | 0
 *     record   count, at least 1 | depth, at least 1 | depth addresses, leaf first
 *     ...      (a stack may come more than once)
 *     trailer  0 | 1 | 0
 *     text     the lines of /proc/self/maps
 *
 * The first address is the sampled instruction, the others are return addresses. Where unwinding
 * from the signal found the leaf a second time, as its own caller, that one is left out.
 */
#ifndef PROFILE_GPERFTOOLS_H
#define PROFILE_GPERFTOOLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "profile/profile.h"

/* By its first three slots. */
bool gperftools_is(const void *data, size_t len);

/* NULL on failure, ERR_FORMAT: damaged, or cut short. */
struct profile *gperftools_read(const void *data, size_t len, struct err *err) MUST_CHECK;

#endif
