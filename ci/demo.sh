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
days=400

step() { printf '\n==> %s\n' "$*"; }

# run COMMAND...: shows the command as a user would type it, then runs it.
run() {
    printf '    $ %s\n' "$*"
    "$@"
}

step "1/6 what is needed"
ci/setup.sh build loop

step "2/6 the tools (build/release/bin)"
mkdir -p build
cmake --preset release >build/demo-configure.log
cmake --build --preset release -j "$(nproc)" -- --no-print-directory -s
PATH=$source/build/release/bin:$PATH

step "3/6 SQLite and a workload, as any project would have them ($demo)"
mkdir -p "$demo"
cp examples/sqlite/*.c examples/sqlite/*.h examples/sqlite/Makefile examples/sqlite/fetch.sh "$demo"
cd "$demo"
rm -f default.pgo profile.pprof
run pgo-build make
cp workload workload-plain

step "4/6 record it at work, as in production: no flags, no instrumentation, no branch records"
run pgo-collect record -F 2000 -f -o profile.pprof -- ./workload-plain $days
run pgo-convert -o default.pgo profile.pprof

step "5/6 drop default.pgo next to the source and build again"
run pgo-build make

step "6/6 what did it bring?"
run pgo-bench --base="./workload-plain $days" --test="./workload $days" --check-output
