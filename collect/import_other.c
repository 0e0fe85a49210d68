#include "import_other.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "profile/gperftools.h"
#include "profile/gzip.h"
#include "profile/pprof.h"
#include "profile/sampleprof_read.h"

/* There is nothing to choose. */
static bool check_choice(const struct import_options *options, struct err *err)
{
    if (!options->event && !options->pid_count && !options->comm_count)
        return true;
    err_set(err, ERR_USAGE,
            "%s: found a CPU profile of gperftools, which is of one process and one event",
            options->event       ? "--event"
            : options->pid_count ? "--pid"
                                 : "--comm");
    return err_hint(err, "leave the option out");
}

bool import_gperftools(const struct file_map *map, const struct import_options *options,
                       struct imported *imported, struct err *err)
{
    struct profile *profile =
        check_choice(options, err) ? gperftools_read(map->data, map->len, err) : NULL;
    uint64_t count = 0;
    double hz;

    if (!profile)
        return false;
    for (size_t i = 0; i < profile->sample_count; i++)
        count = saturating_add(count, (uint64_t)profile->samples[i].values[0]);
    if (!count) {
        profile_free(profile);
        err_set(err, ERR_NOT_FOUND, "no samples, nothing written");
        return err_hint(err,
                        "record for longer, under load, or with a higher CPUPROFILE_FREQUENCY");
    }
    hz = 1e9 / (double)profile->period;
    profile_add_comment(profile, "pgo-collect %s, import", PGO_VERSION);
    profile_add_comment(profile, "sampler: gperftools, %.0f Hz", hz);
    profile_add_comment(profile, "samples: %" PRIu64, count);
    strbuf_add_format(&imported->summary, "%" PRIu64 " samples (gperftools, %.0f Hz) of 1 process",
                      count, hz);
    imported->profile = profile;
    return true;
}

/* Does a protobuf begin here, with value types or strings as every pprof has them? */
static bool is_pprof(const struct file_map *map)
{
    struct err ignored = {0};
    struct profile *profile = pprof_read(map->data, map->len, &ignored);

    profile_free(profile);
    return profile != NULL;
}

/* The program that unpacks it; NULL: none. */
static const char *unpacker(const struct file_map *map)
{
    static const struct {
        const char *magic, *program;
    } forms[] = {{"\x1f\x8b", "gzip"},
                 {"\xfd\x37\x7a\x58\x5a", "xz"},
                 {"\x28\xb5\x2f\xfd", "zstd"},
                 {"BZh", "bzip2"}};

    for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
        if (map->len >= strlen(forms[i].magic) &&
            memcmp(map->data, forms[i].magic, strlen(forms[i].magic)) == 0)
            return forms[i].program;
    return NULL;
}

bool import_refuse(const struct file_map *map, struct err *err)
{
    const char *program = unpacker(map);
    static const char expected[] = "expected perf.data, the text of perf script, or a CPU profile "
                                   "of gperftools";

    if (sampleprof_form_of(map->data, map->len) != SAMPLEPROF_NONE) {
        err_set(err, ERR_UNSUPPORTED, "found an LLVM sample profile, %s", expected);
        return err_hint(err, "it may be a default.pgo as it is; `pgo-convert` adds such files up");
    }
    if (is_pprof(map)) {
        err_set(err, ERR_UNSUPPORTED, "found a pprof, %s", expected);
        return err_hint(err,
                        "it may be a default.pgo as it is; `pgo-collect merge` adds names, and "
                        "adds several up");
    }
    if (program) {
        err_set(err, ERR_UNSUPPORTED, "found a file packed by %s, %s", program, expected);
        return err_hint(err, "%s -dc FILE | pgo-collect import -", program);
    }
    err_set(err, ERR_FORMAT, "found something else, %s", expected);
    return err_hint(err, "perf record -g -- ./program && pgo-collect import perf.data");
}
