# Outputs are compared byte for byte; a difference is an error, before anything is measured.
try() { pgo-bench --check-output --base="$1" --test="$2"; echo "exit $?" >&2; }
try "printf 'a\nbc'" "printf 'a\nbd'"
try 'printf abc' 'printf abcd'
try 'seq 200000' 'seq 199999'
try 'seq 200000' 'true'
TMPDIR=/no/such/folder pgo-bench --check-output --base='seq 10' --test='seq 10' 2>&1 |
    sed 's/pgo-bench\.[A-Za-z0-9]*/pgo-bench.XXXXXX/'
pgo-bench -n 11 --check-output --base='sh -c "seq 1000000 >/dev/null"' --test='sh -c "seq 1000000 >/dev/null; true"' >table
