#include "log.h"

#include <stdlib.h>

#include "base/memory.h"
#include "record.h"

void log_append(const char *state, const struct log_entry *entry)
{
    char *path = mem_format("%s/log", state);
    struct strbuf line = {0};
    struct err err = {0};

    record_add(&line, inject_verdict_name(entry->verdict));
    record_add_u64(&line, (uint64_t)entry->exit_code);
    record_add(&line, entry->compiler);
    record_add(&line, entry->version);
    record_add(&line, entry->source);
    record_add(&line, entry->output);
    record_add(&line, entry->profile);
    record_add(&line, entry->cache);
    record_add_u64(&line, entry->probes);
    record_add_u64(&line, entry->staleness.reported);
    record_add_u64(&line, entry->staleness.found);
    record_add_u64(&line, entry->staleness.lost);
    record_add_u64(&line, entry->staleness.changed);
    record_add_u64(&line, entry->sliced);
    record_end(&line);
    if (!record_append(path, &line, &err)) {
        /* the build goes on; the report will count fewer files */
    }
    strbuf_release(&line);
    free(path);
}

bool log_next(char **text, struct log_entry *entry)
{
    struct record record;

    while (record_next(text, &record)) {
        if (record.count < 13 || !inject_verdict_parse(record.fields[0], &entry->verdict))
            continue;
        entry->exit_code = (int)record_u64(&record, 1);
        entry->compiler = record.fields[2];
        entry->version = record.fields[3];
        entry->source = record.fields[4];
        entry->output = record.fields[5];
        entry->profile = record.fields[6];
        entry->cache = record.fields[7];
        entry->probes = record_u64(&record, 8) != 0;
        entry->staleness.reported = record_u64(&record, 9) != 0;
        entry->staleness.found = record_u64(&record, 10);
        entry->staleness.lost = record_u64(&record, 11);
        entry->staleness.changed = record_u64(&record, 12);
        entry->sliced = record_u64(&record, 13) != 0;
        return true;
    }
    return false;
}
