# Two commands that are the same, and two programs that are identical files: said, then judged.
cp "$(command -v seq)" one
cp one two
pgo-bench -n 11 --json=result.json --base='./one 1000000' --test='./one 1000000' >table
pgo-bench -n 11 --base='./one 1000000' --test='./two 1000000' >table
pgo-bench -n 11 --base='./one 1000000' --test='./two 1000001' >table
python3 -c 'import json; print(json.load(open("result.json"))["same"])'
