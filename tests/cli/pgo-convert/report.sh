# --report and --strict: what became of the samples, for programs; --label: a part of them.
. "$SOURCE/tests/cli/pgo-convert/try"
{
    head_of_pprof
    printf 'function f f 1 f.c\nfunction caf\303\251 g 1 g.c\nfunction h\377 h\377 0 h.c\n'
    printf 'location - 0 0:2\nlocation - 0 1:5\nlocation - 0 2:7\n'
    printf 'sample 0 90\nlabel endpoint /search\nsample 1 6\nlabel endpoint /buy\nsample 2 4\n'
} | make_pprof >a
printf 'g:10:1\n 1: 10\n' >b.prof
try -o out --report=report.json a@2 b.prof@3
sed 's/"tool": .*/"tool": .../' report.json
python3 -c 'import json; print(json.load(open("report.json"))["functions"][0]["name"])'
try --report=- --refresh=out -o refreshed a >refresh.json
sed -n '/"refresh"/,$p' refresh.json
# 4% are dropped, then 9.1%
try --strict -o out a
try --strict -o strict.pgo --report=strict.json --label endpoint=/search a
rm -f out
{
    head_of_pprof
    printf 'function f f 1 f.c\nfunction h h 0 h.c\nlocation - 0 0:2\nlocation - 0 1:7\n'
    printf 'sample 0 10\nsample 1 1\n'
} | make_pprof >lossy
try --strict -o out --report=lossy.json lossy
# a label that nobody has; a file that has none; no label
try -o out --label=endpoint=/sell a
try -o out --label=endpoint=/search b.prof
try -o out --label=endpoint a
# both to standard output; a report that cannot be written
try --report=- a
try -o out --report=missing/report.json a
absent out
absent lossy.json
