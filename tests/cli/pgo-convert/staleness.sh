# A sample profile and a build of today's source: what of it still fits.
. "$SOURCE/tests/cli/pgo-convert/try"
compile app -g1 -fdebug-info-for-profiling
sample_hot app 1000 >counts
pgo-convert --input=counts --binary=app -o old.pgo counts 2>/dev/null || exit 1
try --binary=app -o out old.pgo
cmp out old.pgo
# a function went away, another one was moved within itself by three lines; main lies lower: no matter
sed -e 's/rare/seldom/' -e 's/^    unsigned x = n;/\n\n\n&/' "$DATA/hot.c" >hot.c
clang-22 -O2 -g1 -fdebug-info-for-profiling hot.c -o newer || exit 1
printf 'hot:60:1\n 2: 50\n 4: 10\nrare:30:1\n 0: 30\nmain:10:1\n 2: 10\n' >named.pgo
try --binary=newer -o out --report=report.json named.pgo
sed -n '/"staleness"/,$p' report.json
# by pseudo-probe: the checksum decides
clang-22 -O2 -g1 -fpseudo-probe-for-profiling hot.c -o probes || exit 1
try --binary=newer -o out.pgo old.pgo@2
printf 'main:10:1\n 1: 10\n !CFGChecksum: 12345\n' >probe.pgo
try --binary=probes -o out probe.pgo
rm out
try --binary=newer -o out probe.pgo
absent out
