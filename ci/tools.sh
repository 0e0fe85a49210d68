#!/bin/sh
# tools.sh: the tools for the CI jobs. Those on PATH will do; else they are built in this checkout.
#
# usage: ci/tools.sh        PGO_TOOLS_INSTALL=yes: with the Debian packages that are missing (network)
#
# Builds without a network; ci/compare.sh and ci/refresh.sh find the result in build/release/bin.
set -eu
cd "$(dirname "$0")/.."
missing=
for tool in pgo-build pgo-convert pgo-collect pgo-bench; do
    command -v $tool >/dev/null || missing=yes
done
case ${PGO_TOOLS_INSTALL:-no} in
yes) ci/setup.sh ${missing:+build} loop ;;
no | '') ;;
*) echo "tools.sh: PGO_TOOLS_INSTALL: expected yes or no" >&2; exit 2 ;;
esac
[ -n "$missing" ] || exit 0

mkdir -p build
if ! { cmake --preset release &&
    cmake --build --preset release -j "$(nproc)" --target pgo-build pgo-launch pgo-convert \
        pgo-collect pgo-bench; } >build/tools.log 2>&1; then
    tail -n 30 build/tools.log >&2
    echo "tools.sh: the tools could not be built; all of it is in build/tools.log" >&2
    echo "hint: ci/setup.sh build loop installs what they need on Debian; or PGO_TOOLS_INSTALL=yes" >&2
    exit 1
fi
