# --refresh: what differs by chance keeps its record; what does not is taken; wrong files are named.
. "$SOURCE/tests/cli/pgo-convert/try"
# week FILE COUNT... : samples of lines 1 and 2 of f, and of line 1 of g
week() {
    {
        head_of_pprof
        printf 'function f f 1 f.c\nfunction g g 10 f.c\nlocation - 0 0:2\nlocation - 0 0:3\n'
        printf 'location - 0 1:11\nsample 0 %s\nsample 1 %s\nsample 2 %s\n' "$2" "$3" "$4"
    } | make_pprof >"$1"
}
week first 500 480 100
week second 520 510 95
week third 100 900 105
try -o default.pgo first
cp default.pgo first.pgo
try --refresh=default.pgo -o default.pgo second
# the same bytes, but for the number of the refresh
diff first.pgo default.pgo
try --refresh=default.pgo -o default.pgo third
cat default.pgo
# not there yet, no sample profile, damaged
try --refresh=missing.pgo -o out first
try --refresh=second -o out first
head -c 58 first.pgo >cut.pgo
try --refresh=cut.pgo -o out first
absent out
# the other kind
printf 'f:10:1\n 1: 10\n !CFGChecksum: 1\n' >probes
try --refresh=probes second
