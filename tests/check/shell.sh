#!/bin/sh
# ci/check-shell on the project, and on scripts that it must find.
#
# usage: shell.sh SOURCE_DIR     exit 77: shellcheck is missing
set -u
source=$(cd "$1" && pwd)
"$source/ci/check-shell" || exit $?

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/tests/cli/tool"
cd "$scratch" || exit 1

# expect CODE WORDS: of check-shell, and words of what it prints
expect() {
    "$source/ci/check-shell" . >out 2>&1
    [ $? = "$1" ] || { cat out; echo "FAILED: expected exit code $1"; exit 1; }
    [ -z "$2" ] || grep -q "$2" out || { cat out; echo "FAILED: expected '$2'"; exit 1; }
}
expect 1 'no script found'
printf '#!/bin/sh\necho fine\n' >fine
echo 'echo "no script, and no end of the quotes' >text
expect 0 ''
# shellcheck disable=SC2016 # the $ is for the script
printf '#!/bin/sh\necho $1 unquoted\n' >wrong
expect 1 SC2086
rm wrong
printf 'cd missing\ntest\n' >tests/cli/tool/case.sh
expect 1 SC2164
exit 0
