#include "pgo-bench/cpu.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"

#define ISOLATED       "/sys/devices/system/cpu/isolated"
#define MAX_LIST_BYTES 4096

static bool is_allowed(int cpu)
{
    cpu_set_t set;

    return sched_getaffinity(0, sizeof(set), &set) == 0 && cpu < CPU_SETSIZE &&
           CPU_ISSET(cpu, &set);
}

int cpu_first_of(const char *list, bool (*allowed)(int cpu))
{
    while (*list >= '0' && *list <= '9') {
        char *end;
        long first = strtol(list, &end, 10), last = first;

        if (*end == '-')
            last = strtol(end + 1, &end, 10);
        for (long cpu = first; cpu <= last && cpu < CPU_SETSIZE; cpu++)
            if (allowed((int)cpu))
                return (int)cpu;
        list = *end == ',' ? end + 1 : end;
    }
    return CPU_ANY;
}

static int choose_best(void)
{
    struct strbuf list = {0};
    struct err ignored;
    int best = CPU_ANY, count = 0;

    if (file_read(ISOLATED, MAX_LIST_BYTES, &list, &ignored))
        best = cpu_first_of(strbuf_text(&list), is_allowed);
    strbuf_release(&list);
    if (best != CPU_ANY)
        return best;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (is_allowed(cpu)) {
            best = cpu;
            count++;
        }
    return count > 1 ? best : CPU_ANY;
}

bool cpu_choose(const char *text, int *cpu, struct err *err)
{
    uint64_t number;

    if (strcmp(text, "none") == 0) {
        *cpu = CPU_ANY;
    } else if (strcmp(text, "auto") == 0) {
        *cpu = choose_best();
    } else if (!number_parse_u64(text, &number)) {
        err_set(err, ERR_USAGE, "--cpu: expected a number, auto or none, found '%s'", text);
        return err_hint(err, "none is the default");
    } else if (number >= CPU_SETSIZE || !is_allowed((int)number)) {
        err_set(err, ERR_USAGE, "--cpu: CPU %s is not one that this process may use", text);
        return err_hint(err, "nproc and /proc/self/status (Cpus_allowed_list) tell which are");
    } else {
        *cpu = (int)number;
    }
    return true;
}

bool cpu_pin(int cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof(set), &set) == 0;
}
