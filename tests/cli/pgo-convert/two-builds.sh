# Two builds of one program: their counts add up, as if each were converted alone and then merged.
. "$SOURCE/tests/cli/pgo-convert/try"
compile first -g1 -fdebug-info-for-profiling
clang-22 -O1 -g1 -fdebug-info-for-profiling -Wl,--build-id=0xc0ffee02 "$DATA/hot.c" -o second ||
    exit 1
for build in first second; do
    sample_hot $build 500 >counts
    { head_of_pprof; echo "binary $build 0 counts"; } | make_pprof >$build.pprof
done
pgo-convert --binary=first --binary=second -o both first.pprof second.pprof 2>/dev/null || exit 1
pgo-convert --binary=second --binary=first -o swapped second.pprof first.pprof 2>/dev/null || exit 1
for build in first second; do
    pgo-convert --binary=$build -o $build.pgo $build.pprof 2>/dev/null || exit 1
done
pgo-convert -o merged first.pgo second.pgo 2>/dev/null || exit 1
cmp both swapped
cmp both merged
# more than each alone
for file in first.pgo second.pgo both; do sed -n 's/^hot:\([0-9]*\):.*/\1/p' $file; done |
    sort -n | tail -1 >largest
grep -q "^hot:$(cat largest):" both || echo "hot has less in both than in one"
