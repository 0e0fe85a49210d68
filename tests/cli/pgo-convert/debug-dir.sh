# Debug information that is not in the binary, a binary that is not here, and no symbol table.
. "$SOURCE/tests/cli/pgo-convert/try"
for tool in objcopy strip; do
    command -v $tool >/dev/null || { echo "skipped: no $tool" >&2; exit 77; }
done
unset DEBUGINFOD_URLS
compile whole -g1 -fdebug-info-for-profiling
sample_hot whole 5 >counts
mkdir app beside profile
{ head_of_pprof; echo "binary whole 555555550000 counts $PWD/app/app"; } | make_pprof >a.pprof
pgo-convert -o expected --binary=whole a.pprof 2>/dev/null || exit 1
same() { cmp expected out && rm out; }

mkdir -p debug/.build-id/c0
objcopy --only-keep-debug whole debug/.build-id/c0/ffee01.debug
strip -o app/app whole
try -o out a.pprof
try -o out --debug-dir=nowhere --debug-dir=debug a.pprof
same
try -o out --debug-dir=debug --binary=app/app a.pprof
same

# by .gnu_debuglink: in the folder, beside the binary, in .debug; never a file of another checksum
cp debug/.build-id/c0/ffee01.debug app.debug
objcopy --add-gnu-debuglink=app.debug app/app
mkdir links app/.debug
cp app.debug links/
pgo-convert -o out --debug-dir=links a.pprof 2>/dev/null
same
cp app.debug app/.debug/
pgo-convert -o out a.pprof 2>/dev/null
same
mv app/.debug/app.debug app/
pgo-convert -o out a.pprof 2>/dev/null
same
printf x >>app/app.debug
try -o out a.pprof 2>links.stderr
grep -o "$PWD/app/app.debug, $PWD/app/.debug/app.debug" links.stderr | sed "s|$PWD|PWD|g" >&2
absent out

# the binary itself by its build id
rm -r app
cp whole debug/.build-id/c0/ffee01
try -o out --debug-dir=debug a.pprof
same

# DWARF without a symbol table: functions are where it says, and the estimate has its blocks
objcopy --strip-all --keep-section='.debug*' whole no-symbols
nm no-symbols 2>&1 | grep -c 'no symbols'
pgo-convert -o out --binary=no-symbols a.pprof 2>/dev/null
cmp expected out

# damaged: a debug file that is not one
echo nonsense >debug/.build-id/c0/ffee01.debug
strip -o debug/.build-id/c0/ffee01 whole
try -o out2 --debug-dir=debug a.pprof
absent out2
