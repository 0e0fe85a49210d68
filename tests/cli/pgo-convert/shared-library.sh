# One profile of several images: an executable, and a library that it loads.
. "$SOURCE/tests/cli/pgo-convert/try"
compile app -g1 -fdebug-info-for-profiling
clang-22 -O2 -g1 -fdebug-info-for-profiling -fPIC -shared -DENTRY=other -DSTEP=5 \
    -Wl,--build-id=0xc0ffee02 "$DATA/twin.c" -o libtwin.so || exit 1
sample_hot app 5 >counts
nm libtwin.so | sed -n 's/^\([0-9a-f]*\) [tT] \(other\|twin\)$/\1 7/p' >library.counts
{ head_of_pprof
  echo "binary app 555555550000 counts"
  echo "binary libtwin.so 7f0000000000 library.counts /opt/app/libtwin.so"; } | make_pprof >a.pprof
try -o out --count=sum a.pprof
sed -n 's/^\([a-z]*:[0-9]*:[0-9]*\)$/\1/p' out | sort
sed -n 's/^#!pgo unit .*\/\(.*\)/\1/p' out | sort
# without the library its samples are dropped, and the rest stays
rm libtwin.so
try -o out --count=sum a.pprof
sed -n 's/^\([a-z]*:[0-9]*:[0-9]*\)$/\1/p' out | sort
