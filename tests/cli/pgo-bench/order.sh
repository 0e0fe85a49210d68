# Runs are interleaved, and each build goes first once in every two pairs (the order is a fixed one).
cat >job <<'JOB'
printf %s "$1" >>order
seq 1000000
JOB
pgo-bench -n 8 --base='sh job b' --test='sh job t' >table
# warm-up, control, pairs; then what is not of both orders, in fours
sed 's/^\(..\)\(.\{16\}\)/\1 \2 /' order
echo
tail -c 16 order | sed "s/..../&\n/g" | sed -e /^bttb$/d -e /^tbbt$/d
