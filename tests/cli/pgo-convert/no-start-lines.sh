# -g1 without -fdebug-info-for-profiling: lines, but not where a function starts. Such samples are
# of no use, and the report says so.
. "$SOURCE/tests/cli/pgo-convert/try"
compile bare -g1
nm bare | sed -n 's/^\([0-9a-f]*\) T hot$/\1 5/p' >counts
{ head_of_pprof; echo "binary bare 555555550000 counts"; } | make_pprof >bare.pprof
try -o out bare.pprof
absent out
