# The shell's exit codes for what cannot be run; nothing is written.
. "$SOURCE/tests/cli/pgo-collect/need-perf"
pgo-collect record -- ./missing
echo "exit $?"
pgo-collect record -- no-such-program-on-path
echo "exit $?"
: >plain
pgo-collect record -- ./plain
echo "exit $?"
ls
