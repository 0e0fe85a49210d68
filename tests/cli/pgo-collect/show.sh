# Rows by function; code without a name by its file; a difference; what cannot be shown.
profile() { # COUNT_OF_LEAF
    printf '%s\n' "type samples count" "type cpu nanoseconds" "period cpu nanoseconds 1000000" \
        "mapping 1000 2000 0 aa /nowhere/app" "mapping 3000 4000 0 bb /nowhere/lib.so" \
        "function leaf leaf 10 a.c" "function main main 20 a.c" "function rare rare 30 a.c" \
        "location 0 1100 0:12 1:25" "location 0 1200 1:26" "location 1 3100" "location 0 1300 2:31" \
        "sample 0,1 $1 $(($1 * 1000000))" "label job web" \
        "sample 2,1 300 300000000" "sample 1,1 70 70000000" "sample 3 1 1000000" | make_pprof
}
profile 900 >a.pprof
profile 400 >b.pprof
printf 'main:10:1\n 1: 10\n' >text.pgo
head -c 60 a.pprof >cut.pprof
printf '%s\n' "type space bytes" "sample - 1" | make_pprof >heap.pprof
try() {
    echo "\$ pgo-collect show $*"
    pgo-collect show "$@" 2>&1
    echo "exit $?"
}
try a.pprof
try --top=1 a.pprof
try --label job=web a.pprof
try --label job=none a.pprof
try --by=line a.pprof
try --by=file a.pprof
try --by=label a.pprof
try --by=label --diff=a.pprof b.pprof
try --by=colour a.pprof
try --report=report.json a.pprof
try --by=line --flame=page.html a.pprof
try --diff=a.pprof b.pprof
try --diff=heap.pprof a.pprof
try heap.pprof
try text.pgo
try --flame=page.html - <text.pgo && grep -c 'id="data"' page.html
try cut.pprof
try missing.pprof
try --top=0 a.pprof
try a.pprof b.pprof
try
pgo-collect show a.pprof >/dev/full
