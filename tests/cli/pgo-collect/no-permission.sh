# The kernel refuses perf_event_open, as in a container: what to change is said, nothing is written.
deny_call perf_event_open pgo-collect record -o out.pprof -- true 2>../errors
code=$?
[ $code = 77 ] && exit 77
# what is to be changed depends on the machine's own setting
sed 's/^\(hint: kernel.perf_event_paranoid is\) .*/\1 .../' ../errors >&2
ls
exit $code
