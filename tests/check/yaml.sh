#!/bin/sh
# ci/check-yaml on the project, and on files that break each of its rules.
#
# usage: yaml.sh SOURCE_DIR     exit 77: yamllint or PyYAML is missing
# shellcheck disable=SC2016 # ${{ }} is GitHub's
set -u
source=$(cd "$1" && pwd)
"$source/ci/check-yaml" || exit $?

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
mkdir -p ci .github/workflows
cp "$source/ci/job.sh" ci

# expect CODE WORDS: of check-yaml, and words of what it prints
expect() {
    "$source/ci/check-yaml" . >out 2>&1
    [ $? = "$1" ] || { cat out; echo "FAILED: expected exit code $1"; exit 1; }
    [ -z "$2" ] || grep -qF -- "$2" out || { cat out; echo "FAILED: expected '$2'"; exit 1; }
}
expect 1 'no YAML file found'

# breaks FILE SED-COMMAND WORDS: the project's own FILE passes, and changed so it does not
breaks() {
    mkdir -p "$(dirname "$1")"
    cp "$source/$1" "$1"
    expect 0 ''
    sed "$2" "$source/$1" >"$1"
    cmp -s "$source/$1" "$1" && { echo "FAILED: no change by $2"; exit 1; }
    expect 1 "$3"
    rm "$1"
}
breaks ci/action.yml 's/using: composite/using: node20/' 'runs.using'
breaks ci/action.yml 's/run: exec.*compare/run: exec ${{ inputs.build }}/' 'an expression in the text of a script'
breaks ci/action.yml 's/PGO_CI_GATE: .*/PGO_CI_GATE: ${{ inputs.pairs }}/' 'not the input of its name'
breaks ci/action.yml 's/PGO_CI_GATE:/PGO_CI_GATTER:/' 'no input of a job'
breaks ci/action.yml '/PGO_CI_GATE:/d' 'input gate is not used'
breaks ci/action.yml "s/default: '60'/default: 60/" 'quote it'
breaks ci/action.yml '/^      shell: sh/d' 'no shell'
breaks ci/action.yml 's/^  gate:/   gate:/' 'wrong indentation'
breaks ci/refresh/action.yml '/description: The profile to refresh/d' 'has no description'
breaks ci/gitlab.yml 's/^\.pgo-compare/pgo-compare/' 'is not hidden'
breaks ci/gitlab.yml 's/PGO_CI_GATE/PGO_CI_GATES/' 'no input of a job'
breaks .github/workflows/ci.yml 's/contents: read/contents: write/' 'expected contents: read'
breaks .github/workflows/ci.yml 's/checkout@[0-9a-f]*/checkout@v4/' 'pin actions/checkout@v4'
breaks .github/workflows/ci.yml '/timeout-minutes: 60/d' 'no timeout-minutes'
command -v shellcheck >/dev/null || exit 0
breaks ci/gitlab.yml 's|"$PGO_TOOLS/ci/compare.sh"|$PGO_TOOLS/ci/compare.sh|' SC2086
