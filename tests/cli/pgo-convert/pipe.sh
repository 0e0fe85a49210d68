# A profile through a named pipe: the same as from the file.
. "$SOURCE/tests/cli/pgo-convert/try"
{
    head_of_pprof
    printf 'function main main 10 main.c\nlocation - 0 0:12\nsample 0 5\n'
} | make_pprof >good.pprof
mkfifo pipe
cat good.pprof >pipe &
pgo-convert -o from-pipe pipe 2>/dev/null
wait
pgo-convert -o from-file good.pprof 2>/dev/null
cmp from-pipe from-file
