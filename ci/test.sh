#!/bin/sh
# test.sh: installs what is missing, builds with sanitizers, and passes the tests.
#
# usage: ci/test.sh [CTEST-ARGUMENT]...     for instance: ci/test.sh -L unit
set -eu
cd "$(dirname "$0")/.."
ci/setup.sh
cmake --preset dev >build-dev.log.tmp 2>&1 || { cat build-dev.log.tmp; rm -f build-dev.log.tmp; exit 1; }
rm -f build-dev.log.tmp
cmake --build --preset dev -j "$(nproc)" -- --no-print-directory -s
exec ctest --preset dev -j "$(nproc)" "$@"
