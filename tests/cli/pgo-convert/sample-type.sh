# Which value is the weight of a sample: samples, else cpu by the period, else the default type,
# else the last; --sample-type overrides.
. "$SOURCE/tests/cli/pgo-convert/try"

# profile FILE TYPES VALUES [LINE]
profile() {
    {
        printf '%b\n' "$2"
        printf 'period cpu nanoseconds 4000000\n%b' "${4:-}"
        printf 'function f f 10 f.c\nlocation - 0 0:12\nsample 0 %s\n' "$3"
    } | make_pprof >"$1"
}
profile samples-first 'type alloc bytes\ntype samples count\ntype cpu nanoseconds' '77 5 20000000'
try samples-first
try --sample-type=alloc samples-first
try --sample-type cpu samples-first
try --sample-type=cycles samples-first
profile cpu-alone 'type cpu nanoseconds' 22000000
try cpu-alone
profile cpu-milliseconds 'type cpu milliseconds' 22
try cpu-milliseconds
profile default-type 'type inuse bytes\ntype cycles_sample count\ntype other count' '1 2 3' \
    'default cycles_sample\n'
try default-type
profile the-last 'type inuse bytes\ntype cycles_sample count' '1 2'
try the-last
