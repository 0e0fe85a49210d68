#!/bin/sh
# demo.sh: the whole loop on a real program, SQLite: profile it, drop default.pgo, pgo-build make.
#
# usage: ci/demo.sh [FOLDER]     (default: build/demo; the binaries and the profile stay there)
#
# Installs what is missing, builds the tools, then takes examples/sqlite through
# record → default.pgo → pgo-build make → pgo-bench. About five minutes the first time.
set -eu
cd "$(dirname "$0")/.."
source=$PWD
demo=${1:-$source/build/demo}
record_days=800
bench_days=200

step() { printf '\n==> %s\n' "$*"; }

# run COMMAND...: shows the command as a user would type it, then runs it.
run() {
    printf '    $ %s\n' "$*"
    "$@"
}

step "1/6 what is needed"
ci/setup.sh build loop example

step "2/6 the tools, about a minute the first time (build/release/bin)"
mkdir -p build
if ! { cmake --preset release &&
    cmake --build --preset release -j "$(nproc)" --target pgo-build pgo-launch pgo-convert \
        pgo-collect pgo-bench; } >build/demo.log 2>&1; then
    tail -n 30 build/demo.log
    echo "demo.sh: the tools could not be built; all of it is in build/demo.log" >&2
    exit 1
fi
PATH=$source/build/release/bin:$PATH

step "3/6 SQLite and a workload, as any project would have them, plain ($demo)"
mkdir -p "$demo"
cp examples/sqlite/*.c examples/sqlite/*.h examples/sqlite/Makefile examples/sqlite/fetch.sh "$demo"
cd "$demo"
[ -e .git ] || mkdir .git # a project of its own: its profile is nobody else's
rm -f default.pgo
run pgo-build -pgo=off make -s
cp workload workload-plain

step "4/6 record it at work, as in production: no flags, no instrumentation, no branch records"
run pgo-collect record -F 4000 -f -o profile.pprof -- ./workload-plain $record_days
run pgo-convert -o default.pgo profile.pprof

step "5/6 default.pgo lies next to the source: build again"
run pgo-build make -s

step "6/6 what did it bring?"
run pgo-bench --base="./workload-plain $bench_days" --test="./workload $bench_days" --check-output
