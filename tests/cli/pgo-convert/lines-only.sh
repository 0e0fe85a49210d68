# A symbolized profile, and no binary anywhere: names and lines alone. What they lack is reported.
. "$SOURCE/tests/cli/pgo-convert/try"
{
    head_of_pprof
    printf 'mapping 400000 500000 0 deadbeef /opt/app/server\n'
    printf 'function parse(char*) _Z5parsePc 100 parse.c\nfunction skip skip 20 parse.c\n'
    printf 'function old old 0 old.c\nfunction far far 1 far.c\n'
    printf 'location 0 401000 0:107\nlocation 0 401010 1:22 0:110\nlocation 0 401020 2:5\n'
    printf 'location 0 401030\nlocation - 0 3:65540\nlocation 0 401040 0:0\nlocation 0 401050 0:99\n'
    printf 'sample 0 50\nsample 1,0 30\nsample 2 6\nsample 3,0 3\nsample 4 2\nsample 5 4\n'
    printf 'sample 6 1\nsample 0,2 4\n'
} >description
make_pprof <description >symbolized
try symbolized
# twice the same, weighted
try symbolized@2 symbolized | sed 2q
# a build id and no names: what to do is in the hint
{
    head_of_pprof
    printf 'mapping 400000 500000 0 deadbeef /opt/app/server\nlocation 0 401000\nsample 0 9\n'
} | make_pprof >addresses
try -o out addresses
# no start lines at all, as some merges leave them
sed 's/^\(function.*\) [0-9]* \([a-z.]*\)$/\1 0 \2/' description | make_pprof >no-start
try -o out no-start
# of little use: the warning asks
{
    head_of_pprof
    printf 'function f f 1 f.c\nfunction g g 0 g.c\nlocation - 0 0:2\nlocation - 0 1:3\n'
    printf 'sample 0 2\nsample 1 3\n'
} | make_pprof >half
try half
absent out
