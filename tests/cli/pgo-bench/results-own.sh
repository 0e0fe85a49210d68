# A result of pgo-bench is a file of results, too: of its test build; and benchstat's form of it is.
pgo-bench -n 11 --seed=1 --json=one.json --go=one.txt --base='seq 1000000' --test='seq 1000001' >table
pgo-bench -n 11 --seed=1 --json=two.json --base='seq 1000000' --test='seq 9000000' >table
pgo-bench one.json two.json >table
sed -n -e 1p -e 's/^ *\(seq 1000001\) .*\(11+11\).*  \([a-z]*\)$/\1 \2 \3/p' -e '/^each file/p' table
sed -e 's/ [0-9]* \([nup]\)/ N \1/g' one.txt | sort | uniq -c | sed 's/^ *//'
