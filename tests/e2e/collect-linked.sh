#!/bin/sh
# libpgocollect linked, as installed: pkg-config and CMake find it, C and C++ compile with its
# header; start, labels, trace ids, snapshots, stop and start again; the man page has every variable.
#
# usage: collect-linked.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/collect-program
. "$(dirname "$0")/collect-program"
need cc c++ go cmake pkg-config

cmake --install "$bin/.." --prefix "$scratch/usr" --component libpgocollect >/dev/null ||
    fail "install"
PKG_CONFIG_PATH=$(dirname "$(find usr -name pgo-collect.pc)")
export PKG_CONFIG_PATH
flags=$(pkg-config --cflags --libs pgo-collect) || fail "pkg-config"
LD_LIBRARY_PATH=$(dirname "$(find "$scratch/usr" -name libpgocollect.so)")

cat >app.c <<'END'
#include <errno.h>
#include <pgo_collect.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static volatile unsigned sink;

static void burn(void)
{
    struct timespec used;
    long end_ms;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    end_ms = used.tv_sec * 1000 + used.tv_nsec / 1000000 + 150;
    do {
        for (unsigned i = 0; i < 1000000; i++)
            sink = sink * 1664525u + i;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    } while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < end_ms);
}

static long resident_pages(void)
{
    long all = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file && fscanf(file, "%ld %ld", &all, &resident) != 2)
        resident = 0;
    if (file)
        fclose(file);
    return resident;
}

#define EXPECT(what)                                                                               \
    if (!(what))                                                                                   \
    return fprintf(stderr, "line %d: %s: %s\n", __LINE__, #what, pgo_collect_message()), 1

int main(void)
{
    static const unsigned char trace[16] = {0xab, 1, 2,  3,  4,  5,  6,  7,
                                            8,    9, 10, 11, 12, 13, 14, 15};
    struct pgo_collect_config config;
    long pages = 0;

    EXPECT(pgo_collect_snapshot("none") == -EINVAL);
    EXPECT(pgo_collect_stop() == 0);
    EXPECT(pgo_collect_start(NULL) == 0);
    EXPECT(pgo_collect_start(NULL) == 0);
    memset(&config, 0, sizeof(config));
    config.size = sizeof(config);
    EXPECT(pgo_collect_start(&config) == -EALREADY);
    EXPECT(pgo_collect_label_set("endpoint", "/search") == 0);
    burn();
    EXPECT(pgo_collect_label_clear("endpoint") == 0);
    EXPECT(pgo_collect_label_set("", "x") == -EINVAL);
    EXPECT(*pgo_collect_message());
    EXPECT(pgo_collect_trace_set(trace) == 0);
    EXPECT(!*pgo_collect_message());
    EXPECT(pgo_collect_label_set("trace_id", "x") == -EINVAL);
    burn();
    EXPECT(pgo_collect_trace_set(NULL) == 0);
    EXPECT(pgo_collect_snapshot("first.pprof.gz") == 0);
    EXPECT(pgo_collect_snapshot("/nowhere/x") < 0);
    EXPECT(pgo_collect_stop() == 0);
    for (int i = 0; i < 3000; i++) {
        if (i == 100)
            pages = resident_pages();
        EXPECT(pgo_collect_start(&config) == 0);
        EXPECT(pgo_collect_stop() == 0);
    }
    EXPECT(resident_pages() < pages + 256);
    config.hz = 5000;
    EXPECT(pgo_collect_start(&config) == -EINVAL);
    config.hz = 0;
    config.size = (size_t)((char *)&config.show_arguments - (char *)&config); /* an older header's */
    EXPECT(pgo_collect_start(&config) == 0);
    EXPECT(pgo_collect_stop() == 0);
    config.size--;
    EXPECT(pgo_collect_start(&config) == -EINVAL);
    return 0;
}
END
cp app.c app.cc
# shellcheck disable=SC2086 # flags are words
cc -Wall -Wextra -Werror -std=c11 -D_GNU_SOURCE app.c -o app-c $flags
# shellcheck disable=SC2086
c++ -Wall -Wextra -Werror -std=c++11 app.cc -o app-c++ $flags
for app in app-c app-c++; do
    LD_LIBRARY_PATH=$LD_LIBRARY_PATH ./$app || fail "$app"
    go tool pprof -raw first.pprof.gz >raw 2>/dev/null
    grep -q 'endpoint:\[/search\]' raw || fail "$app: no label in the snapshot"
    grep -q 'trace_id:\[ab0102030405060708090a0b0c0d0e0f\]' raw || fail "$app: no trace id"
done

mkdir project
cat >project/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.20)
project(app C)
find_package(pgo-collect REQUIRED)
add_executable(app ../app.c)
target_link_libraries(app PRIVATE pgo-collect::pgocollect)
END
cmake -S project -B project/build -DCMAKE_PREFIX_PATH="$scratch/usr" \
    -DCMAKE_C_FLAGS=-D_GNU_SOURCE >/dev/null || fail "cmake does not find it"
cmake --build project/build >/dev/null || fail "cmake does not build with it"
project/build/app || fail "built with cmake"

# A setuid program is not told what to do by the environment of whoever starts it.
cat >plain.c <<'END'
#include <pgo_collect.h>
int main(void)
{
    return pgo_collect_start(NULL) != 0 || pgo_collect_stop() != 0;
}
END
# shellcheck disable=SC2086
cc plain.c -o plain $flags -Wl,-rpath,"$LD_LIBRARY_PATH"
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups env PGO_COLLECT_HZ=wrong "$@"; }
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && chmod 755 . && as_nobody true 2>/dev/null; then
    cp plain setuid
    chmod 4755 setuid
    as_nobody ./plain 2>said && fail "a plain program does not see the environment"
    grep -q 'PGO_COLLECT_HZ' said || fail "a plain program: $(cat said)"
    as_nobody ./setuid 2>said || fail "setuid: $(cat said)"
    [ ! -s said ] || fail "a setuid program reads the environment: $(cat said)"
else
    echo "not root, or no setpriv: setuid programs were not tried"
fi

# One table in the code, one in the manual.
sed -n 's/.*{"\(PGO_COLLECT_[A-Z_]*\)".*/\1/p' "$source/collect/libpgocollect/settings.c" |
    sort >in-code
sed -n 's/^\.BI* \(PGO_COLLECT_[A-Z_]*\)=.*/\1/p' \
    "$source/docs/man/libpgocollect.7" | sort -u >in-manual
cmp -s in-code in-manual || fail "the manual has other variables: $(diff in-code in-manual)"
echo "all good"
