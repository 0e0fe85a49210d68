# A heap profile is no profile of CPU time, unless its type is named.
. "$SOURCE/tests/cli/pgo-convert/try"
{
    printf 'type inuse_objects count\ntype inuse_space bytes\nperiod space bytes 524288\n'
    printf 'function main main 10 main.c\nlocation - 0 0:12\nsample 0 5 4096\n'
} | make_pprof >heap.pprof
try -o out heap.pprof
absent out
try -o out --sample-type=inuse_objects heap.pprof
