# A command that hangs ends with all that it started; so does one that is asked and ignores it.
pgo-bench --timeout=0.2 --base='sh -c "sleep 1000 & echo \$! >pid; wait"' --test=true
echo "exit $?" >&2
# ended: gone, or waiting to be collected by whoever runs this
state=$(ps -o state= -p "$(cat pid)")
case $state in '' | Z*) echo ended ;; *) echo "still there: $state" ;; esac
