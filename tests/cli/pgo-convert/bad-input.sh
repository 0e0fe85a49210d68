# Files that are no profile: one message each, exit 1, and nothing is written.
. "$SOURCE/tests/cli/pgo-convert/try"
{
    head_of_pprof
    printf 'function main main 10 main.c\nlocation - 0 0:12\nsample 0 5\n'
} | make_pprof >good.pprof
gzip -dc good.pprof >good.raw
try -o out missing.pprof
: >empty
try -o out empty
printf 'this is no profile\n' >text
try -o out text
{ cat text text text; printf 'all: program\n\ncc -o program main.c\n'; } >makefile
try -o out makefile
head -c 40 good.pprof >cut.gz
try -o out cut.gz
{ head -c 30 good.pprof; printf '\377\377\377'; tail -c +34 good.pprof; } >damaged.gz
try -o out damaged.gz
head -c $(($(wc -c <good.raw) - 3)) good.raw >cut.raw
try -o out cut.raw
printf '\037\213' >magic.gz
try -o out magic.gz
: | gzip -n >nothing.gz
try -o out nothing.gz
try -o out .
try -o out good.raw missing.pprof
# the name of a file cannot speak to the terminal
red=$(printf 'red\033[31m')
echo text >"$red"
pgo-convert -o out "$red"
rm "$red"
ls
