# A source that has dropped addresses, or the lines where functions start: said, with the share.
merge() { # how small zlib makes it is not ours to say
    pgo-collect merge "$@" 2>err
    sed 's/[0-9]* bytes/N bytes/' err >&2
}
printf '%s\n' "type samples count" "period cpu nanoseconds 1000" "mapping 1000 2000 0 aa /nowhere/app" \
    "function leaf leaf 0 a.c" "function main main 20 a.c" "location 0 0 0:12" "location 0 0 1:25" \
    "sample 0 30" "sample 1 10" | make_pprof >lost.pprof
printf '%s\n' "type samples count" "period cpu nanoseconds 2000" "mapping 1000 2000 0 aa /nowhere/app" \
    "function main main 20 a.c" "location 0 1100 0:25" "sample 0 40" | make_pprof >whole.pprof
merge lost.pprof whole.pprof
