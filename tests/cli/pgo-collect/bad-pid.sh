# A process that has ended and is waited for: nobody has its number now.
. "$SOURCE/tests/cli/pgo-collect/need-perf"
true &
pid=$!
wait $pid
pgo-collect record -p $pid 2>err
echo "exit $?"
sed "s/$pid/PID/" err
ls
