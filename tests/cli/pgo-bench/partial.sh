# What was measured before a failure or a signal is kept, and marked so.
cat >job <<'JOB'
echo run >>runs
[ "$(wc -l <runs)" -lt 12 ] || { eval "$1"; sleep 10; }
seq 1000000
JOB
try() {
    rm -f runs
    sh -c 'exec pgo-bench --json=result.json --base="seq 1000000" --test="$1" 2>words' - "sh job $1" 2>/dev/null
    echo "exit $?"
    cat words
    python3 - <<'PYTHON'
import json
result = json.load(open("result.json"))
print(result["partial"], result["verdict"], result["reason"])
print(result["test"], len(result["pairs"]), len(result["control"]), sorted(result["pairs"][0]))
PYTHON
}
try "'exit 3'"
try "'kill -TERM \$PPID'"
# before the first pair there is nothing to keep
rm result.json
pgo-bench --json=result.json --base=false --test=true
[ -e result.json ] && echo "result.json is there"
true
