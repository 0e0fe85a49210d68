# Profiles with nothing in them.
. "$SOURCE/tests/cli/pgo-convert/try"
head_of_pprof | make_pprof >none
try -o out none
{
    head_of_pprof
    printf 'function main main 10 main.c\nlocation - 0 0:12\nsample 0 0\nsample 0 -5\n'
} | make_pprof >zero
try -o out zero
make_pprof </dev/null >types
try -o out types
{
    head_of_pprof
    printf 'location - 0\nsample - 3\nsample 0 4\n'
} | make_pprof >nowhere
try -o out nowhere
ls
