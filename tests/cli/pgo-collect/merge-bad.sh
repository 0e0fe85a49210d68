# What cannot be merged: an error that names the file, and nothing is written.
profile() { # COUNT_IN_APP COUNT_IN_LIBRARY
    printf '%s\n' "type samples count" "mapping 1000 2000 0 aa /nowhere/app" \
        "mapping 3000 4000 0 bb /nowhere/lib" "location 0 1100" "location 1 3100" \
        "sample 0 $1" "sample 1 $2" | make_pprof
}
profile 5 5 >good.pprof
profile 1 99 >library.pprof
head -c 60 good.pprof >cut.pprof
printf '%s\n' "type space bytes" "sample - 1" | make_pprof >heap.pprof
echo 'main:10:1' >text.pgo
printf ' 1: 10\n' >>text.pgo
echo mine >there.pgo
cp good.pprof same.pgo
try() {
    echo "\$ pgo-collect merge $*" >&2
    pgo-collect merge "$@" 2>err
    code=$?
    sed 's/[0-9]* bytes written/N bytes written/' err >&2
    echo "exit $code" >&2
}
try
try good.pprof cut.pprof good.pprof
try good.pprof missing.pprof
try good.pprof heap.pprof
try good.pprof text.pgo
try good.pprof@0
try --label nonsense good.pprof
try --normalize=weeks good.pprof
try --normalize=duration good.pprof
try --min-samples=11 good.pprof
try --label a=b good.pprof
try library.pprof
try -o there.pgo good.pprof
try -f -o same.pgo good.pprof same.pgo
printf '%s\n' "type samples count" "mapping 1000 2000 0 dd /nowhere/nginx" "location 0 1100" \
    "sample 0 7" | make_pprof >other.pprof
try --program=app good.pprof other.pprof
try --program=/nowhere/app good.pprof
: >empty.pprof
try empty.pprof
ls ./*.pgo
cat there.pgo
try --min-own=1 library.pprof
try -o several.pprof good.pprof other.pprof good.pprof
try -o memory.pprof --min-samples=100 heap.pprof
