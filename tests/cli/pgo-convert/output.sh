# Where the output goes: replaced as a whole or not at all, nothing left behind.
. "$SOURCE/tests/cli/pgo-convert/try"
{
    head_of_pprof
    printf 'function f f 1 f.c\nlocation - 0 0:2\nsample 0 7\n'
} | make_pprof >a
mkdir folder
try -o missing/out a
try -o folder a
try -o a/out a
echo old >out
chmod 600 out
try -o out missing
cat out
try -o out a
cat out
stat -c '%a %n' out
try -o - a
try -o /dev/null a
pgo-convert a >/dev/full
echo "exit $?" >&2
ls -A . folder
