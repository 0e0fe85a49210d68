#!/bin/sh
# github.sh: a job's script as a step of a GitHub action: its report into the summary, its outputs.
#
# usage: ci/github.sh compare|refresh       (ci/action.yml, ci/refresh/action.yml)
set -u
here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
# the variable, since in a container the expression runner.temp names a folder of the host
export PGO_CI_OUT="${PGO_CI_OUT:-$RUNNER_TEMP/pgo-$1}"
code=0
"$here/$1.sh" || code=$?
case $1 in
compare) summary=$PGO_CI_OUT/report.md ;;
*) summary=$PGO_CI_OUT/refresh.md ;;
esac
[ ! -f "$summary" ] || cat -- "$summary" >>"$GITHUB_STEP_SUMMARY"
{
    # one line each: a value with a line break would be two outputs
    printf 'out=%s\n' "$(printf '%s' "$PGO_CI_OUT" | tr -d '\r\n')"
    [ ! -f "$PGO_CI_OUT/benchmark-1.json" ] ||
        sed -n 's/^ *"verdict": "\([a-z ]*\)".*/verdict=\1/p' "$PGO_CI_OUT/benchmark-1.json"
} >>"$GITHUB_OUTPUT"
exit $code
