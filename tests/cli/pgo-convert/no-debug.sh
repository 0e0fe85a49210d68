# Binaries that cannot tell lines: stripped, and built without -g.
. "$SOURCE/tests/cli/pgo-convert/try"
compile app -g1 -fdebug-info-for-profiling
sample_hot app 5 >counts
{ head_of_pprof; echo "binary app 555555550000 counts"; } | make_pprof >a.pprof
{ head_of_pprof; printf 'binary %s/app 555555550000 counts\nsymbolize\n' "$PWD"; } |
    make_pprof >symbolized.pprof
compile plain
sample_hot plain 5 >plain.counts
{ head_of_pprof; echo "binary plain 555555550000 plain.counts"; } | make_pprof >plain.pprof
{ head_of_pprof; printf 'binary %s/plain 555555550000 plain.counts\nsymbolize\n' "$PWD"; } |
    make_pprof >names.pprof

try -o out --binary=plain plain.pprof
try -o out plain.pprof
try -o out names.pprof
strip app
try -o out --binary=app a.pprof
try -o out a.pprof
absent out
# a symbolized profile has the lines: that the binary is stripped now is no reason to fail
try -o out symbolized.pprof
sed -n 's/^\([a-z]*\):5:0$/\1/p' out | sort
# debug information without lines
{ echo '#line 0'; tr '\n' ' ' <"$DATA/twin.c"; } >no-lines.c
echo 'unsigned one(unsigned); int main(int argc, char **argv) { return (int)one(argc + !argv); }' \
    >main.c
clang-22 -O2 -g1 -fdebug-info-for-profiling -DENTRY=one -DSTEP=3 -c no-lines.c -o no-lines.o &&
    clang-22 main.c no-lines.o -o no-lines || exit 1
nm no-lines | sed -n 's/^\([0-9a-f]*\) t twin$/\1 1/p' >one.counts
rm out
try -o out --input=counts --binary=no-lines one.counts
absent out
