# Debug information that is compressed by zstd: in the binary, apart from it, and damaged.
. "$SOURCE/tests/cli/pgo-convert/try"
for tool in llvm-objcopy-22 strip readelf; do
    command -v $tool >/dev/null || { echo "skipped: no $tool" >&2; exit 77; }
done
unset DEBUGINFOD_URLS
compile whole -g1 -fdebug-info-for-profiling
sample_hot whole 5 >counts
{ head_of_pprof; echo "binary whole 555555550000 counts $PWD/app"; } | make_pprof >a.pprof
pgo-convert -o expected --binary=whole a.pprof 2>/dev/null || exit 1
same() { cmp expected out && rm out; }

llvm-objcopy-22 --compress-debug-sections=zstd whole app
readelf -t app | grep -c ZSTD >zstd.count
[ "$(cat zstd.count)" -gt 3 ] || echo "hardly a section is compressed"
try -o out a.pprof
same

mkdir -p debug/.build-id/c0
llvm-objcopy-22 --only-keep-debug app debug/.build-id/c0/ffee01.debug
strip -o app whole
try -o out --debug-dir=debug a.pprof
same

# patch FILE OFFSET BYTES (as of printf)
patch() { printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null; }
llvm-objcopy-22 --compress-debug-sections=zstd whole app
off=$((0x$(readelf -SW app | sed -n 's/.* \.debug_info *PROGBITS *[0-9a-f]* \([0-9a-f]*\) .*/\1/p')))

# its header: type:4 reserved:4 size:8 align:8
cp app larger && patch larger $((off + 8)) '\0\0\0\0\0\1\0\0'
try -o out2 --binary=larger a.pprof 2>messages
sed 's/: [0-9]* bytes that/: N bytes that/' messages >&2
cp app shorter && patch shorter $((off + 8)) '\1\0\0\0\0\0\0\0'
try -o out2 --binary=shorter a.pprof
cp app longer && patch longer $((off + 9)) '\17'
try -o out2 --binary=longer a.pprof 2>messages
sed 's/found [0-9]* bytes, expected [0-9]*/found N bytes, expected M/' messages >&2
cp app damaged && patch damaged $((off + 24)) 'damage'
try -o out2 --binary=damaged a.pprof
cp app unknown && patch unknown "$off" '\11'
try -o out2 --binary=unknown a.pprof
absent out2
