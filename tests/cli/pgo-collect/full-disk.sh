. "$SOURCE/tests/cli/pgo-collect/need-perf"
pgo-collect record -o /dev/full -- sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done' 2>err
echo "exit $?"
cat err
