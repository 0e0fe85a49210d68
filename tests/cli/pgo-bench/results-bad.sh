# Files that are not there, are broken, or have nothing to compare.
results=$DATA/results
try() { pgo-bench "$@"; echo "exit $?" >&2; }
head -c 300 "$results/google-base.json" >cut.json
echo '{"results": []}' >empty.json
echo '{"results": [{"command": "a", "times": [0]}]}' >zero.json
echo 'no benchmark' >text
grep -v Loop "$results/go-base.txt" >alloc.txt
grep -v Alloc "$results/go-base.txt" | sed 's/Loop/Walk/' >walk.txt
cat "$results/go-base.txt" walk.txt >both.txt
for file in none.json . cut.json empty.json zero.json text /dev/null; do
    try "$file" "$results/google-base.json"
done
try "$results/go-base.txt" "$results/google-base.json"
try "$results/hyperfine2.json" "$results/hyperfine-base.json"
sed 's/Loop/Run/; s/Alloc/Free/' "$results/go-base.txt" >renamed.txt
try "$results/go-base.txt" renamed.txt
try both.txt alloc.txt 2>&1 | grep '^only'
