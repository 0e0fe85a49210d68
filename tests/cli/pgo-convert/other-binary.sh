# --binary that is not the profiled one, or no executable at all.
. "$SOURCE/tests/cli/pgo-convert/try"
compile app -g1 -fdebug-info-for-profiling
clang-22 -O2 -g1 -fdebug-info-for-profiling -Wl,--build-id=0xbadbad02 "$DATA/hot.c" -o newer || exit 1
clang-22 -O2 -g1 -fdebug-info-for-profiling -Wl,--build-id=none "$DATA/hot.c" -o nameless || exit 1
clang-22 -O2 -g1 -c "$DATA/hot.c" -o hot.o || exit 1
sample_hot app 5 >counts
{ head_of_pprof; echo "binary app 555555550000 counts /opt/app/server"; } | make_pprof >a.pprof
try -o out --binary=newer a.pprof
try -o out --binary=nameless a.pprof
try -o out --binary=app --binary=newer a.pprof
try -o out --binary=missing a.pprof
try -o out --binary="$DATA/hot.c" a.pprof
try -o out --binary=hot.o a.pprof
try -o out --binary=. a.pprof
head -c 1000 app >half
try -o out --binary=half a.pprof
# found by nobody: not under the path in the profile, nor in this folder
try -o out a.pprof
absent out
# the right one, and a second profile that is of the other one
sample_hot newer 5 >counts
{ head_of_pprof; echo "binary newer 0 counts"; } | make_pprof >b.pprof
try -o out --binary=newer --binary=app a.pprof b.pprof
# a mapping without a build id is the --binary of the same name
sample_hot nameless 5 >counts
{ head_of_pprof; echo "binary nameless 400000 counts /opt/nameless"; } | make_pprof >c.pprof
try -o out --binary=nameless c.pprof
try -o out --binary=app c.pprof
