#!/bin/sh
# The Debian packages: cpack builds them, and what is in them works from a folder they were unpacked
# to. No file lies outside /usr, or in two packages.
#
# usage: package.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/collect-program
. "$(dirname "$0")/collect-program"
need cc cmake cpack dpkg-deb dpkg-shlibdeps pkg-config

cpack -G DEB --config "$bin/../CPackConfig.cmake" -B "$scratch/packages" >said 2>&1 ||
    { cat said; fail "cpack"; }
version=$("$bin/pgo-build" --version | grep -o '[0-9.]*$')
architecture=$(dpkg --print-architecture)
for package in pgo-tools libpgocollect libpgobench-dev; do
    file=packages/${package}_${version}_$architecture.deb
    [ -f "$file" ] || { ls packages; fail "$file is missing"; }
    dpkg-deb -x "$file" root
    dpkg-deb -c "$file" | grep -v '/$' | awk '{ print $6 }' >>files
    [ -f "root/usr/share/doc/$package/copyright" ] || fail "$package: no copyright"
done
[ "$(find packages -maxdepth 1 -name '*.deb' | wc -l)" = 3 ] || fail "another package"
! grep -v '^\./usr/' files || fail "a file outside /usr"
[ -z "$(sort files | uniq -d)" ] || { sort files | uniq -d; fail "a file in two packages"; }

field() { dpkg-deb -f "packages/$1_${version}_$architecture.deb" "$2"; }
field pgo-tools Depends | grep -q "libpgocollect (= $version)" || fail "pgo-tools without its library"
field pgo-tools Depends | grep -q 'libcurl' || fail "libraries are not among what pgo-tools needs"
field libpgocollect Depends | grep -q 'libprotobuf-c' || fail "... nor of libpgocollect"

usr=$scratch/root/usr
for tool in pgo-build pgo-collect pgo-convert pgo-bench; do
    "$usr/bin/$tool" --version | grep -q "$version" || fail "$tool --version"
    [ -s "$usr/share/man/man1/$tool.1" ] || fail "$tool has no man page"
    for file in "bash-completion/completions/$tool" "fish/vendor_completions.d/$tool.fish"; do
        [ -s "$usr/share/$file" ] || fail "$tool has no completion $file"
    done
done
[ -s "$usr/share/zsh/site-functions/_pgo" ] || fail "no completion for zsh"
[ -x "$usr/libexec/pgo-launch" ] || fail "no pgo-launch, which pgo-build needs"

# pkg-config gives paths beside the .pc files: those of the folder.
PKG_CONFIG_PATH=$(dirname "$(find "$usr" -name pgo-collect.pc)")
export PKG_CONFIG_PATH
cat >app.c <<'PROGRAM'
#include <pgo_collect.h>
#include <time.h>

int main(void)
{
    static volatile unsigned sink;

    while (clock() < CLOCKS_PER_SEC / 4)
        for (unsigned i = 0; i < 100000; i++)
            sink = sink * 1664525u + i;
    return !pgo_collect_message();
}
PROGRAM
# shellcheck disable=SC2046 # flags are words
cc -g app.c -o app $(pkg-config --cflags --libs pgo-collect) || fail "compile with pgo-collect.pc"
printf '%s\n' '#include <pgo_bench.h>' 'BENCH(nothing)' '{' '    while (bench_next(b))' \
    '        ;' '}' >bench.c
# shellcheck disable=SC2046
cc bench.c -o bench $(pkg-config --cflags --libs pgo-bench) || fail "compile with pgo-bench.pc"
./bench -list | grep -q BenchmarkNothing || fail "a benchmark with the package's library"

folder=$(dirname "$(find "$usr" -name libpgocollect.so)")
LD_LIBRARY_PATH=$folder ./app >/dev/null || fail "a program linked with the library"
mkdir profiles
PGO_COLLECT_DIR=$scratch/profiles LD_LIBRARY_PATH=$folder LD_PRELOAD=libpgocollect.so ./app \
    >/dev/null || fail "a program with the library preloaded"
profile=$(find profiles -name '*.pprof.gz' | head -n 1)
[ "$profile" ] || fail "no profile of a program with the library preloaded"
"$usr/bin/pgo-collect" show "$profile" >shown 2>said || fail "show: $(cat said)"
grep -q "\[app\]" shown || fail "the program is not in the profile: $(cat shown said)"
