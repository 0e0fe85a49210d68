# Profiles of one build at other addresses, of another build, and without names: added up.
merge() { # how small zlib makes it is not ours to say
    pgo-collect merge "$@" 2>err
    sed 's/[0-9]* bytes/N bytes/' err >&2
}
make() { # FILE BASE BUILD_ID COUNT SYMBOLS
    {
        echo "type samples count"
        echo "type cpu nanoseconds"
        echo "period cpu nanoseconds 1000000"
        echo "time $4 1000000000"
        echo "mapping ${2}000 ${2}fff 1000 $3 /nowhere/app"
        echo "function leaf leaf 10 a.c"
        echo "function main main 20 a.c"
        if [ "$5" = named ]; then
            echo "location 0 ${2}100 0:12"
            echo "location 0 ${2}200 1:25"
        else
            echo "location 0 ${2}100"
            echo "location 0 ${2}200"
        fi
        echo "sample 0,1 $4 ${4}000000"
        echo "label job $5"
        echo "sample 1 1 1000000"
    } | make_pprof >"$1"
}
make a.pprof 7f0 aa 10 named
make b.pprof 55e aa 20 bare
make c.pprof 7f0 bb 40 named
merge -o abc.pgo a.pprof b.pprof c.pprof
pgo-collect merge -o cba.pgo c.pprof b.pprof a.pprof 2>/dev/null
cmp abc.pgo cba.pgo && echo "any order, same bytes"
merge -o heavy.pgo a.pprof@1000 b.pprof
merge -o labelled.pgo --label job=named a.pprof b.pprof
pgo-collect merge -o - a.pprof 2>/dev/null | merge -o even.pgo --normalize=duration - c.pprof
merge a.pprof
ls
