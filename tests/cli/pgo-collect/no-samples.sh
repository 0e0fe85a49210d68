# One sample a second of a program that takes a millisecond.
. "$SOURCE/tests/cli/pgo-collect/need-perf"
pgo-collect record -F 1 -- true
echo "exit $?"
ls
