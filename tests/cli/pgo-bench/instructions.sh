# Estimates repeat to the digit, so their verdicts and the gate may be asserted.
command -v valgrind >/dev/null || { echo "valgrind is missing" >&2; exit 77; }
command -v strip >/dev/null || { echo "strip (binutils) is missing" >&2; exit 77; }
estimate() {
    pgo-bench --mode=instructions --json=result.json "$@" >table
    echo "exit $?" >&2
    sed -n 's/^\(estimate: [a-z ]*\).*/\1/p' table
}
estimate --base='seq 20000' --test='seq 20000' --check-output --gate=0
estimate --base='seq 200000' --test='seq 20000' --gate=2
estimate --base='seq 20000' --test='seq 200000' --gate=2
estimate --base='seq 20000' --test='seq 200000' --gate=100000
python3 -c 'import json; print(json.load(open("result.json"))["verdict"])'
pgo-bench --mode=instructions --base='seq 10' --test='seq 11' --check-output
echo "exit $?" >&2
