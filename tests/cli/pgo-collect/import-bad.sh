# What cannot be imported: an error that says what it is and what to do, and nothing is written.
try() {
    echo "\$ pgo-collect import $*" >&2
    pgo-collect import "$@" 2>err
    code=$?
    cat err >&2
    echo "exit $code" >&2
}
corpus=$SOURCE/tests/fuzz/corpus
cp "$corpus/perf_data/file" perf.data
cp "$corpus/gperftools/little64" cpu.prof
: >empty
mkdir folder
echo 'nothing of the kind' >text
printf 'QERFILE2\150\0\0\0' >magic
head -c 60 perf.data >header
printf '%s\n' "type samples count" "sample - 1" | make_pprof >a.pprof
printf 'main:10:1\n 1: 10\n' >text.pgo
gzip -n <perf.data >perf.data.gz
try missing
try empty
try folder
try text
try magic
try header
try a.pprof
try text.pgo
try perf.data.gz
try --event=nonsense perf.data
try --comm=nobody perf.data
try --binary=missing perf.data
try --pid=1 cpu.prof
echo mine >there.pgo
try -o there.pgo perf.data
try -o nowhere/there.pgo perf.data
cat there.pgo
# Cut off at any byte: never a crash, never an output beside an error.
len=$(wc -c <perf.data)
i=0
while [ $i -lt "$len" ]; do
    head -c $i perf.data >cut.data
    pgo-collect import -f -o cut.pgo cut.data 2>err
    code=$?
    if [ $code -gt 1 ] || { [ $code = 1 ] && { [ -e cut.pgo ] || ! grep -q '^pgo-collect: cut.data: ' err; }; }; then
        echo "cut at $i: exit $code" >&2
        cat err >&2
    fi
    rm -f cut.pgo
    i=$((i + 13))
done
