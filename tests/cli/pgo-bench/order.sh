# The control comes first, then one pair of it for every two pairs; the seed decides who is first.
cat >job <<'JOB'
printf %s "$1" >>order
seq 1000000
JOB
run() { rm -f order && pgo-bench -n 24 --no-early-stop --warmup=2 --seed="$1" --base='sh job b' --test='sh job t' >table; }
run 7
# warm-up, the eight control pairs before any other, the rest
sed 's/^\(....\)\(.\{16\}\)/\1 \2 /' order
echo
fold -w 2 order | sort | uniq -c | sed 's/^ *//' # two to warm up, twelve of the control
sed -n 1p table
mv order first
run 7 && cmp order first
run 8 && ! cmp -s order first
