#!/bin/sh
# A full disk and a cache that cannot be written: the build stops clearly, or is right.
#
# In a mount namespace of its own, with small file systems; skipped where this user may not have one.
# shellcheck disable=SC2015,SC2016 # "A && B || fail" is meant; make reads the $
if [ -z "${IN_NAMESPACE-}" ]; then
    unshare -m mount -t tmpfs -o size=64k none /mnt 2>/dev/null ||
        { echo "skipped: no mount namespace for this user"; exit 77; }
    IN_NAMESPACE=1 exec unshare -m "$0" "$@"
fi
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-19 readelf
export CCACHE_DISABLE=1
trap 'cd / && umount "$scratch/cache on small" "$scratch/tree" 2>/dev/null; rm -rf "$scratch"' EXIT

small() { mkdir -p "$1" && mount -t tmpfs -o "size=$2" none "$1" || fail "mount"; }
fill() { # all that is left
    dd if=/dev/zero of="$1/hog" bs=4k >/dev/null 2>&1
    return 0
}

write_project p
cd p || exit 1
mkdir .git
build make CC=clang-19 || fail "make"
cp hot.o ../right.o && rm -f ./*.o

# the cache is full from the start: nothing is compiled
export PGO_BUILD_CACHE="$scratch/cache on small"
small "$PGO_BUILD_CACHE" 64k
fill "$PGO_BUILD_CACHE"
build make CC=clang-19
[ $? = 125 ] || fail "a full cache: exit code"
said '^pgo-build: .*No space left on device'
[ -f main.o ] && fail "a full cache: compiled all the same"

# ... and with room for some of what must be there, but not for all
for kilobytes in 4 16 64 256; do
    mount -o "remount,size=$((64 + kilobytes))k" "$PGO_BUILD_CACHE"
    build make CC=clang-19 && break
    said '^pgo-build: .*No space left on device'
    [ -f main.o ] && fail "a cache with $kilobytes kB: compiled all the same"
done
rm -f "$PGO_BUILD_CACHE/hog"
mount -o remount,size=64m "$PGO_BUILD_CACHE"
build make CC=clang-19 || fail "a cache with room again"
cmp hot.o ../right.o || fail "what was written to a full cache was used"

# full in the middle: what is not known of an object is said, and mended
rm -f ./*.o
printf 'app: full main.o hot.o cold.o\n\t$(CC) -o $@ main.o hot.o cold.o\nCFLAGS = -O2\n' >full.mk
printf 'full:\n\tdd if=/dev/zero of="$(PGO_BUILD_CACHE)/hog" bs=4k 2>/dev/null || :\n' >>full.mk
build make -f full.mk CC=clang-19 || fail "a cache that fills up"
cmp hot.o ../right.o || fail "a cache that fills up: another object"
rm "$PGO_BUILD_CACHE/hog"
write_profile 6000 default.pgo
build make CC=clang-19 || fail "after a cache that was full"
grep -q '3 files compiled' out || said 'objects here .*run: pgo-build make.* -B'
write_profile 5000 default.pgo
build make -B CC=clang-19 || fail "make -B"
cmp hot.o ../right.o || fail "make -B: another object"

# read-only from the start
mount -o remount,ro "$PGO_BUILD_CACHE"
touch hot.c
build make CC=clang-19
[ $? = 125 ] || fail "a read-only cache: exit code"
said '^pgo-build: the cache cannot be used: .*Read-only file system'
said '^hint: .*PGO_BUILD_CACHE='
mount -o remount,rw "$PGO_BUILD_CACHE"
build make CC=clang-19 || fail "a cache that can be written again"

# the tree's own disk is full: no object, or a whole one
small "$scratch/tree" 256k
cp ./*.c Makefile default.pgo "$scratch/tree" && cd "$scratch/tree" || exit 1
fill .
pgo-build make CC=clang-19 >../out 2>&1 && fail "a full disk went unnoticed"
[ -s hot.o ] && fail "a full disk: an object"
rm hog
build make CC=clang-19 || fail "a disk with room again"
has_profile hot.o || fail "a disk with room again"
exit 0
