# A mapping whose offset wraps around 2^64 to the code of the binary: its samples are outside.
. "$SOURCE/tests/cli/pgo-convert/try"
compile app -g1 -fdebug-info-for-profiling
hot=$(nm app | sed -n 's/^0*\([0-9a-f]*\) T hot$/\1/p')
load=$(readelf -lW app | awk '$1 == "LOAD" && $7 $8 ~ /E/ { print $2, $3 }')
off=$((0x$hot - ${load#* } + ${load% *}))
{
    head_of_pprof
    printf 'mapping 1000 ffffffffffffffff fffffffffffff000 c0ffee01 app\n'
    printf 'location 0 %x\nsample 0 9\n' $((0x2000 + off))
} | make_pprof >wrapped.pprof
try -o out wrapped.pprof
{
    head_of_pprof
    printf 'mapping 1000 ffffffffffffffff 0 c0ffee01 app\n'
    printf 'location 0 %x\nsample 0 9\n' $((0x1000 + off))
} | make_pprof >right.pprof
absent out
try -o out right.pprof
sed -n 's/^\(hot\):.*/\1/p' out
