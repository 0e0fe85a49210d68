# verify: what has no place in it; a command that is not there, or builds nothing; and "--".
command -v clang-22 >/dev/null || { echo "skipped: no clang-22" >&2; exit 77; }
export PGO_BUILD_CACHE="$PWD/cache"
try() {
    echo "\$ pgo-build $*" >&2
    pgo-build "$@"
    echo "exit $?" >&2
}
try verify
try verify -pgo=off true
try verify -slices=on true
try verify -n true
try verify --
try verify -- no-such-command
try verify false
try verify true
try -- verify
