# doctor: what is there, what is missing, what to do; 1 where a build cannot work.
rm=$(command -v rm)
. "$SOURCE/tests/cli/pgo-build/tools"
# What a machine allows, and how much it keeps, is its own.
doctor() {
    echo "\$ pgo-build doctor"
    pgo-build doctor >said
    code=$?
    "$sed" -e '/^[a-z]* *recording: /d' -e '/^ *hint: .*perf/d' -e '/^ *hint: .*sandbox/d' \
        -e 's/, [0-9.]* MB/, N MB/' -e 's#: /.*/\(pgo-[a-z]*\)$#: BIN/\1#' said
    echo "exit $code"
}
doctor
write_profile default.pgo
doctor
echo damaged >default.pgo
doctor
: >default.pgo
"$rm" tools/clang-22
PGO_BUILD_CACHE=/proc/no doctor
# no words behind it; behind "--" it is a command
pgo-build doctor make
pgo-build status
pgo-build -- doctor
