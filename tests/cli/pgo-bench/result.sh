# The forms of a result, whatever the verdict is: figures and verdicts are replaced.
pgo-bench -n 11 --seed=5 --check-output --json=result.json --markdown=result.md --gate=1000000 \
    --base='seq 1000000' --test="sh -c 'seq 1000000'" >table
sed -n -e '/^ *\(base\|test\) /s/  .*/ FIGURES/' -e 's/^\(verdict\): .*/\1/' -e 1p -e 3p \
    -e '/FIGURES/p' -e '/^verdict/p' table
python3 - <<'PYTHON'
import json
result = json.load(open("result.json"))
print(sorted(result))
print(result["base"]["command"], "|", result["test"]["command"])
print(len(result["pairs"]), len(result["control"]), sorted(result["pairs"][0]["base"]))
print(all(run["cpu_s"] > 0 and run["peak_bytes"] > 0
          for pair in result["pairs"] for run in (pair["base"], pair["test"])))
PYTHON
sed -n '1s/: .*/: VERDICT/p' result.md
tail -n 2 result.md
pgo-bench -n 11 --json=- --base='seq 1000000' --test='seq 1000001' |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["mode"])'
ls
