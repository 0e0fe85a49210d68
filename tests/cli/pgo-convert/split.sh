# Split DWARF: beside the objects, in a package, and missing.
. "$SOURCE/tests/cli/pgo-convert/try"
command -v llvm-dwp-22 >/dev/null || { echo "skipped: no llvm-dwp-22" >&2; exit 77; }
# The same counts; build ids differ.
same() { grep -v '^#!pgo binary' out | diff expected -; }
for version in 4 5; do
    compile whole -g -gdwarf-$version -fdebug-info-for-profiling
    sample_hot whole 5 >counts
    pgo-convert --input=counts --binary=whole counts 2>/dev/null |
        grep -v '^#!pgo binary' >expected || exit 1
    clang-22 -O2 -g -gdwarf-$version -fdebug-info-for-profiling -gsplit-dwarf -c "$DATA/hot.c" \
        -o hot.o && clang-22 hot.o -o app || exit 1
    sample_hot app 5 >counts
    pgo-convert -o out --input=counts --binary=app counts && same
    llvm-dwp-22 hot.dwo -o app.dwp && rm hot.dwo
    pgo-convert -o out --input=counts --binary=app counts && same
    # a package of another build
    clang-22 -O1 -g -gdwarf-$version -gsplit-dwarf -c "$DATA/twin.c" -DENTRY=a -DSTEP=1 -o twin.o &&
        llvm-dwp-22 twin.dwo -o app.dwp || exit 1
    rm out
    try -o out --input=counts --binary=app counts
    absent out
    rm app.dwp twin.dwo
done
