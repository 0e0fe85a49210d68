#include "pgo-bench/machine.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

/* What follows "model name : ", as the kernel writes it on x86; elsewhere there is none. */
static void read_cpu(char *cpu, size_t size)
{
    FILE *file = fopen("/proc/cpuinfo", "re");
    char line[256];

    snprintf(cpu, size, "unknown CPU");
    if (!file)
        return;
    while (fgets(line, sizeof(line), file)) {
        const char *colon = strchr(line, ':');

        if (!colon || strncmp(line, "model name", strlen("model name")) != 0)
            continue;
        colon += 1 + strspn(colon + 1, " \t");
        snprintf(cpu, size, "%.*s", (int)strcspn(colon, "\n"), colon);
        break;
    }
    fclose(file);
}

static long count_cpus(void)
{
    cpu_set_t set;

    return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

void machine_read(struct machine *machine)
{
    time_t now = time(NULL);
    struct utsname name;
    struct tm parts;

    *machine = (struct machine){.cpu_count = count_cpus()};
    read_cpu(machine->cpu, sizeof(machine->cpu));
    if (uname(&name) == 0)
        snprintf(machine->kernel, sizeof(machine->kernel), "%.40s %.60s, %.40s", name.sysname,
                 name.release, name.machine);
    if (gmtime_r(&now, &parts))
        strftime(machine->date, sizeof(machine->date), "%Y-%m-%d %H:%M UTC", &parts);
}
