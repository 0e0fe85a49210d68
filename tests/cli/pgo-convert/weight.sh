# PROFILE@WEIGHT: a weight only if it is a number and no file of the whole name exists.
. "$SOURCE/tests/cli/pgo-convert/try"
{
    head_of_pprof
    printf 'function f f 1 f.c\nlocation - 0 0:2\nsample 0 7\n'
} | make_pprof >a
try a
try a@1
try a@3
try a@1000000
cp a b@3
try b@3
try b@3@2
try a@3@2
try a@three
try a@-1
try a@
try @3
try a@0
try - <a
