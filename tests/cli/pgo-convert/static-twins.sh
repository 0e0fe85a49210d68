# Static functions of one name in two files: the larger one stands, the other is reported.
. "$SOURCE/tests/cli/pgo-convert/try"
command -v clang-22 >/dev/null || { echo "skipped: no clang-22" >&2; exit 77; }
mkdir first second
cp "$DATA/twin.c" first/a.c
cp "$DATA/twin.c" second/b.c
echo 'unsigned one(unsigned); unsigned two(unsigned);
int main(int argc, char **argv) { (void)argv; return (int)(one(argc) + two(argc)); }' >main.c
clang-22 -O2 -g1 -fdebug-info-for-profiling -DENTRY=one -DSTEP=3 -c first/a.c -o a.o &&
    clang-22 -O2 -g1 -fdebug-info-for-profiling -DENTRY=two -DSTEP=5 -c second/b.c -o b.o &&
    clang-22 main.c a.o b.o -o app || exit 1
nm app | sed -n 's/^\([0-9a-f]*\) t twin$/\1/p' |
    awk '{ print $1, NR * 1000 }' >counts # the second twin has more
try --input=counts --binary=app counts >out
grep -v -e '^ ' -e '^#!pgo binary' out # its build id is the linker's
