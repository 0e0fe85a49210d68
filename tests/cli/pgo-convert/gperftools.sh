# Profiles by gperftools: no build id, so that the path, the name and the size of the code have to
# do; and damaged ones.
. "$SOURCE/tests/cli/pgo-convert/try"
compile app -no-pie -g1 -fdebug-info-for-profiling

# slots NUMBER...: words of 64 bits
slots() {
    for number; do
        for shift in 0 8 16 24 32 40 48 56; do
            # shellcheck disable=SC2059 # the byte is the format
            printf "\\$(printf %03o $((number >> shift & 255)))"
        done
    done
}

# maps PATH EXTRA_BYTES: app's code as the loader maps it, and a part of its data
maps() {
    readelf -lW app | sed -n 's/^  LOAD *\([^ ]*\) *\([^ ]*\) *[^ ]* *\([^ ]*\) *[^ ]* R E.*/\1 \2 \3/p' |
        while read -r off vaddr size; do
            start=$((vaddr / 4096 * 4096)) end=$(((vaddr + size + 4095) / 4096 * 4096 + $2))
            printf '%08x-%08x r-xp %08x 08:01 7   %s\n' $start $end $((off / 4096 * 4096)) "$1"
            printf '%08x-%08x rw-p %08x 08:01 7   %s\n' $end $((end + 4096)) 0 "$1"
        done
}
hot=$((0x$(nm app | sed -n 's/ [tT] hot$//p')))
main=$((0x$(nm app | sed -n 's/ [tT] main$//p')))
{ slots 0 3 0 10000 0 && slots 7 2 $hot $((main + 1)) && slots 2 1 $main && slots 0 1 0; } >samples

{ cat samples; maps "$PWD/app" 0; } >here
try -o out here
grep -c '^hot:' out
{ cat samples; maps /nowhere/app 0; } >moved
try -o again moved
cmp out again
# replaced since: what lies there now is another
{ cat samples; maps "$PWD/app (deleted)" 0; } >replaced
try -o none replaced
try -o again --binary=app replaced
cmp out again
{ cat samples; maps "$PWD/app" 4096; } >larger
try -o none larger
try -o none --label a=b here

head -c 30 here >header
try -o none header
head -c 70 here >short
try -o none short
try -o none samples
{ slots 0 3 0 10000 0 && slots 1 0 && slots 0 1 0; } >flat
try -o none flat
{ slots 0 3 0 10000 0 && slots 0 1 0; maps "$PWD/app" 0; } >without
try -o none without
absent none
