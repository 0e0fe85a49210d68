# 600 MB of zeros in 600 KB: the bound on the decompressed size ends it.
. "$SOURCE/tests/cli/pgo-convert/try"
head -c 1M /dev/zero | gzip -n >part.gz
i=0
while [ $i -lt 600 ]; do
    cat part.gz # members one after the other are one stream
    i=$((i + 1))
done >bomb.pprof
rm part.gz
try -o out bomb.pprof
ls
