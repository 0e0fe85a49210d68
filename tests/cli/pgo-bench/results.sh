# Two files of results of each tool, written by hyperfine 1.15, Google Benchmark 1.7.1 and go test 1.19; the
# second form of hyperfine by its documentation.
results=$DATA/results
try() { pgo-bench "$@"; echo "exit $?"; }
try "$results/google-base.json" "$results/google-test.json" --markdown=result.md --json=result.json
cat result.md
try "$results/go-base.txt" "$results/go-test.txt" --go=runs.txt
# what we write we read: both builds are in the file, so it has nothing in common with a build alone
grep -c '^BenchmarkExample.com/shop.Alloc-2/build=base 1 [0-9.e+]* ns/op$' runs.txt
try "$results/hyperfine-base.json" "$results/hyperfine-test.json" --gate=5
try "$results/hyperfine-test.json" - <"$results/hyperfine-base.json" | sed -n -e 1p -e '/^verdict/p'
try "$results/go-test.txt" "$results/go-base.txt" --gate=5 >/dev/null
python3 - <<'PYTHON'
import json
result = json.load(open("result.json"))
print({key: value for key, value in result.items() if key not in ("version", "benchmarks")})
print([(row["name"], row["verdict"], sorted(row), len(row["base"]["times_s"])) for row in result["benchmarks"]])
PYTHON
