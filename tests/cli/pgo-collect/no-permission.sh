# The kernel refuses perf_event_open, as in a container: what to change is said, nothing is written.
for target in "-p 1" -a; do
    deny_call perf_event_open pgo-collect record -o out.pprof $target 2>../errors
    code=$?
    [ $code = 77 ] && exit 77
    # what is to be changed depends on the machine's own setting
    sed 's/^\(hint: kernel.perf_event_paranoid is\) .*/\1 .../' ../errors >&2
done
ls
exit $code
