# Static functions of one name in two files, by gcc's link-time optimization: the debug information
# of the code names the functions of other compile units. They stay apart all the same.
. "$SOURCE/tests/cli/pgo-convert/try"
command -v gcc >/dev/null || { echo "skipped: no gcc" >&2; exit 77; }
cp "$DATA/twin.c" a.c
cp "$DATA/twin.c" b.c
echo 'unsigned one(unsigned); unsigned two(unsigned);
int main(int argc, char **argv) { (void)argv; return (int)(one(argc) + two(argc)); }' >main.c
gcc -O2 -g -flto -DENTRY=one -DSTEP=3 -c a.c -o a.o &&
    gcc -O2 -g -flto -DENTRY=two -DSTEP=5 -c b.c -o b.o &&
    gcc -O2 -g -flto=1 main.c a.o b.o -o app 2>/dev/null ||
    { echo "skipped: gcc without -flto" >&2; exit 77; }
nm app | sed -n 's/^\([0-9a-f]*\) t twin\(\.lto_priv\..*\)\{0,1\}$/\1/p' |
    awk '{ print $1, NR * 1000 }' >counts # the second twin has more
try --input=counts --binary=app counts >out
grep -c '^twin:2000:' out
