# Runs on the CPU that was named, or chosen, and on no other; one that is not ours is refused.
cat >job <<'JOB'
sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status >>cpus
seq 1000000
JOB
cpu=$(sed -n 's/^Cpus_allowed_list:\t\([0-9]*\).*/\1/p' /proc/self/status)
pgo-bench -n 11 --cpu="$cpu" --base='sh job' --test='sh job' 2>/dev/null | sed -n "1s/.*\(on CPU\) $cpu/\1 N/p"
sort -u cpus | sed "s/^$cpu\$/N/"
rm cpus
pgo-bench -n 11 --cpu=auto --base='sh job' --test='sh job' >table 2>/dev/null
[ "$(nproc)" = 1 ] || grep -c '^[0-9]*$' cpus | sed 's/^[1-9][0-9]*$/one each/'
pgo-bench --cpu=1000 --base=true --test=true
pgo-bench --cpu=first --base=true --test=true
pgo-bench -n 11 --cpu=none --base='seq 1000000' --test='seq 1000001' | sed -n '1s/.*on CPU.*/pinned/p'
