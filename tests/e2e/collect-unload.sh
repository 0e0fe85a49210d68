#!/bin/sh
# libpgocollect in a program that opens and closes two libraries of the same layout, so that one
# comes to lie where the other was: each sample is put to the library that was there.
#
# usage: collect-unload.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/collect-program
. "$(dirname "$0")/collect-program"
need cc go

# One function at one address; the name tells whose it is.
for name in first second; do
    cat >$name.c <<END
static volatile unsigned sink;

static __attribute__((noinline)) void hot_in_$name(unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++)
        sink = sink * 1664525u + i;
}

void hot(unsigned rounds)
{
    hot_in_$name(rounds);
    sink++;
}
END
    cc -O2 -g -fomit-frame-pointer -fPIC -shared -Wl,--build-id -o $name.so $name.c
done

cat >app.c <<'END'
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int pgo_collect_label_set(const char *key, const char *value) __attribute__((weak));

static double used(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

/* 5 ms at a time: many turns between two looks of the collector. */
static void *run(const char *name, const char *label)
{
    void *library = dlopen(name, RTLD_NOW), *place = library ? dlsym(library, "hot") : NULL;
    double end = used() + 0.005;
    void (*hot)(unsigned);

    if (!place)
        return NULL;
    memcpy(&hot, &place, sizeof(hot));
    pgo_collect_label_set("library", label);
    while (used() < end)
        hot(10000);
    pgo_collect_label_set("library", "none");
    dlclose(library);
    return place;
}

int main(void)
{
    int same = 0;

    for (int i = 0; i < 150; i++)
        same += run("./first.so", "first") == run("./second.so", "second");
    printf("%d\n", same);
    return 0;
}
END
cc -O2 app.c -o app
PGO_COLLECT_DIR=profiles PGO_COLLECT_HZ=100 LD_PRELOAD=$library ./app >out
[ "$(cat out)" -gt 100 ] || skip "the loader puts them at different places"

# The label tells which library it was, the function's name which one it was taken for.
for file in profiles/*; do
    go tool pprof -raw "$file" 2>/dev/null || fail "go tool pprof"
done | awk '
    /^Samples:/ { part = "samples" }
    /^Locations/ { part = "locations" }
    /^Mappings/ { part = "" }
    part == "samples" && /^ *[0-9]+ +[0-9]+:/ { leaf = file ":" $3 }
    part == "samples" && /library:\[(first|second)\]/ {
        label[++count] = /first/ ? "first" : "second"
        leaves[count] = leaf
    }
    /^PeriodType/ { file++ }
    part == "locations" && $4 ~ /^hot/ { name[file ":" ($1 + 0)] = $4 }
    part == "" && /(first|second)\.so [0-9a-f]/ { mappings++ }
    END {
        for (i = 1; i <= count; i++) {
            function_name = name[leaves[i]]
            if (function_name == "hot_in_" label[i]) right[label[i]]++
            else if (function_name ~ /^hot_in_/) wrong++
        }
        print right["first"] " and " right["second"] " stacks right, " wrong + 0 " wrong, " \
            mappings " mappings"
        exit wrong || !right["first"] || !right["second"] || mappings < 2
    }' || fail "not each sample is in the library that was there"
echo "all good"
