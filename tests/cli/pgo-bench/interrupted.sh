# A signal to pgo-bench ends the command and then pgo-bench by that signal, without a word.
cat >job <<'JOB'
echo $$ >pid
kill -TERM $PPID
sleep 1000
JOB
sh -c 'exec pgo-bench --timeout=60 --base="sh job" --test=true 2>words' 2>/dev/null
echo "exit $?"
cat words
state=$(ps -o state= -p "$(cat pid)")
case $state in '' | Z*) echo ended ;; *) echo "still there: $state" ;; esac
