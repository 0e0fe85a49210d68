# The command's own exit code; the profile is written all the same.
. "$SOURCE/tests/cli/pgo-collect/need-perf"
work='i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done;'
pgo-collect record -- sh -c "$work exit 3" 2>err
echo "exit $?"
grep warning: err | grep -v 'source line'
pgo-collect record -f -- sh -c "$work kill -9 \$\$" 2>err
echo "exit $?"
grep warning: err | grep -v 'source line'
ls
