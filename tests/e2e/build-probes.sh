#!/bin/sh
# Profiles by pseudo-probe through the build: who gets probes, what changes, what is told.
#
# usage: build-probes.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-22 llvm-profdata readelf nm objcopy valgrind python3 pgo-convert

has_probes() { readelf -SW "$1" | grep -q ' \.pseudo_probe '; }
code() { objcopy -O binary --only-section='.text*' "$1" "$1.code"; }
json() { grep -q -- "$1" report.json || { cat report.json; fail "not in the report: $1"; }; }

objects='main.o text/tokens.o basic/variables.o basic/expression.o basic/program.o'
cp -r "$source/examples/hello-pgo" hello
cp -r hello elsewhere
cd hello || exit 1
make clean >out && rm -f default.pgo

# --- without a profile: probes only by -probes=on, and a change of it builds again
build -probes=off make || fail "-probes=off"
said 'ready to be profiled by line'
has_probes main.o && fail "-probes=off gives probes"
for object in $objects; do code "$object" && mv "$object.code" "$object.plain"; done
build -probes=on make || fail "-probes=on"
said '5 files compiled by clang-22 without a profile, ready to be profiled by probe'
for object in $objects; do has_probes "$object" || fail "$object: no probes"; done
build -probes=on make || fail "-probes=on again"
grep -q compiled out && fail "built without need"

# --- the profile of that program is by probe, and it brings the flag with it
"$source/bench/exact-counts" counts ./hello 1 >out 2>&1 || fail "exact-counts"
pgo-convert --input=counts --binary=hello -o default.pgo counts >out 2>&1 || fail "pgo-convert"
grep -q '!CFGChecksum' default.pgo || fail "default.pgo is not by probe"
build -n make || fail "-n"
said 'text sample profile by probe'
build -v -report=report.json make || fail "with a profile by probe"
said '^pgo-build: 5 files compiled by clang-22 with default.pgo$'
said '^  profile  default.pgo by probe'
said '^  found    100.0% of its samples found'
said 'main.c: with default.pgo by probe'
json '"by": "probe"'
json '"with_probes": 5'
json '"samples_changed_pct": 0.00'
grep -E '"samples_(lost|changed)": [1-9]' report.json && fail "a profile of this very source is stale"
hot=0
for object in $objects; do
    has_probes "$object" || fail "$object: no probes with a profile"
    has_profile "$object" && hot=$((hot + 1))
    code "$object"
    [ "$object" = main.o ] || ! cmp -s "$object.code" "$object.plain" || fail "$object: the plain code"
done
[ $hot -ge 2 ] || fail "$hot objects have hot code"
build -probes=on make || fail "-probes=on with a profile by probe"
said 'up to date with default.pgo' # the same flags
build -probes=off make -B
[ $? = 125 ] || fail "-probes=off must refuse a profile by probe"
said '^pgo-build: default.pgo: is by pseudo-probe'
said '^hint: '
has_profile basic/variables.o || fail "-probes=off has built something"

# --- ccache looks at what goes in: that .pseudo_probe comes out otherwise each time is no matter
if command -v ccache >/dev/null; then
    make clean >/dev/null
    build make || fail "from ccache"
    said '5 files compiled .*; 5 of 5 from ccache'
fi

# --- a function that has changed is told, and no other one
sed 's/^    while (variables->slots\[i\]\.used) {/&\n        if (index == 77777)\n            break;/' \
    basic/variables.c >x && mv x basic/variables.c
changed=$(awk -F: '$2 ~ /^ _ZL4findPK9variables/ { sum += $3 } END { print sum }' default.pgo)
[ "$changed" -gt 0 ] || fail "find() is not in the profile"
build -v -report=report.json make || fail "with an edit"
said 'basic/variables.c: .* of the profile is for it, [0-9.]*% in functions that have changed'
json "\"counts_lost\": 0, \"counts_changed\": $changed"
said '^  found    [0-9.]*% of its samples found their function and line, [0-9.]*% a function that has ch'
has_profile basic/variables.o || fail "an edit of one function loses the profile"

# --- each compile follows its own profile
printf 'tokens_next:100:1\n 1: 100\n' >text/default.pgo
build make || fail "two kinds"
said '^pgo-build: 1 file compiled by clang-22 with text/default.pgo by line'
has_probes text/tokens.o && fail "a profile by line brings probes"
build -probes=on -report=report.json make || fail "two kinds, -probes=on"
said '^pgo-build: 1 file compiled' # the others have them already
said 'warning: text/default.pgo is by line, and 1 of 1 compiles have pseudo-probes'
json '"by": "line"'
build make -B || fail "two kinds, all"
said '^pgo-build: 5 files compiled by clang-22 with 2 profiles by line and by probe'
rm text/default.pgo

# --- the user's own word wins
build clang-22 -O2 -fno-pseudo-probe-for-profiling -I. -c main.c -o own.o || fail "own -fno-"
said 'warning: 1 of 1 compiles have no pseudo-probes, which default.pgo needs'
has_probes own.o && fail "own -fno-pseudo-probe-for-profiling does not win"
build -pgo=off clang-22 -O2 -fpseudo-probe-for-profiling -I. -c main.c -o own.o || fail "own -f"
said 'ready to be profiled by probe'
has_probes own.o || fail "own -fpseudo-probe-for-profiling does not win"

# --- LTO makes its code at the link, which needs no flag for probes
if command -v ld.lld-22 >/dev/null; then
    build -v make -B 'CFLAGS=-O2 -flto=thin' 'LDFLAGS=-flto=thin -fuse-ld=lld-22' || fail "ThinLTO"
    grep -qi warning: out && fail "ThinLTO: a warning"
    has_probes hello || fail "ThinLTO: no probes"
    ./hello 1 >/dev/null || fail "ThinLTO: hello"
fi

# --- names of static functions are those of every checkout, also by absolute paths
names() { nm "$1" | sed -n 's/.* \(.*\.__uniq\..*\)/\1/p' | sort; }
(cd ../elsewhere && rm -f default.pgo &&
    build -probes=on clang-22 -O2 -fno-inline -I. -c "$PWD/basic/variables.c" -o names.o) ||
    fail "elsewhere"
cp ../elsewhere/basic/variables.c basic/variables.c
build -pgo=off -probes=on clang-22 -O2 -fno-inline -I. -c "$PWD/basic/variables.c" -o names.o ||
    fail "an absolute path"
names names.o >here
[ -s here ] || fail "no static function"
names ../elsewhere/names.o | cmp - here || fail "other names in another checkout"
exit 0
