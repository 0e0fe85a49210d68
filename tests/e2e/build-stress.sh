#!/bin/sh
# Profiles, flags, sources and caches change at random; each object must be that of a clean compile.
#
# usage: build-stress.sh BIN_DIR SOURCE_DIR [COMPILES] [SEED]
#
# Goes on until pgo-build has compiled that many files. The clean compile is by clang alone: no
# pgo-build, no cache, the profile as text, and the flags as this script understands them. The same
# seed makes the same changes.
# shellcheck disable=SC2015,SC2016,SC2086 # "A && B || fail" is meant; make reads the $; file names are plain
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-19 clang-22 ccache sha256sum
compiles=${3:-80} seed=${4:-1}

# pick N: sets `picked` to 0 ... N-1
pick() {
    seed=$(((seed * 1103515245 + 12345) & 0x7fffffff))
    picked=$(((seed >> 16) % $1))
}

# --- the project: two folders with a default.pgo each, a header, dependency files
mkdir -p p/.git p/lib p/obj/lib expected
cd p || exit 1
cat >Makefile <<'END_OF_MAKE'
include flags files.mk
OBJECTS = $(FILES:%=obj/%.o)
all: $(OBJECTS)
obj/%.o: %.c flags
	$(CC) $(CFLAGS) -I. -MMD -c $< -o $@
-include $(OBJECTS:.o=.d)
END_OF_MAKE
files='a b c d e f lib/g lib/h lib/i lib/j lib/k lib/l'
echo "FILES = $files" >files.mk

write_source() { # FILE VARIANT
    name=${1##*/}
    cat >"$1.c" <<END_OF_C
#include "h.h"
int rare_$name(int x);
static int odd(int x) { return x * $2 + STEP; }
int $name(int n);
int $name(int n)
{
    int sum = $2;
    for (int i = 0; i < n; i++) {
        if (i % 1000 == 999)
            sum += rare_$name(i) + odd(i);
        else
            sum += i ^ n;
    }
    return sum;
}
END_OF_C
}

write_profiles() { # FILE VARIANT: none for 0; the others make other code
    rm -f "$1"
    [ "$2" = 0 ] && return
    for file in $files; do
        name=${file##*/}
        case $2 in
        1) printf '%s:100000:1\n 2: 1\n 3: 5000\n 4: 5000\n 5: 5 rare_%s:5\n 7: 5000\n' $name $name ;;
        2) printf '%s:100000:1\n 2: 1\n 3: 5000\n 4: 5000\n 5: 5000 rare_%s:5000\n 7: 2\n' $name $name ;;
        3) printf '%s:3:1\n 2: 1\n 3: 1\n' $name ;;
        esac
    done >"$1"
    if [ "$2" = 3 ]; then printf 'a_stranger:900000:9\n 1: 900000\n' >>"$1"; fi
    if [ "$2" = 2 ]; then # with a map: each file gets a slice
        printf '#!pgo units 1\n'
        for file in $files; do printf '#!pgo unit %s.c\n#!pgo  %s\n' $file ${file##*/}; done
    fi >>"$1"
}

write_flags() {
    case $1 in
    0) printf 'CC = clang-19\nCFLAGS = -O2\n' ;;
    1) printf 'CC = clang-22\nCFLAGS = -O2 -g\n' ;;
    2) printf 'CC = ccache clang-19\nCFLAGS = -Os -fPIC\n' ;;
    3) printf 'CC = clang-22\nCFLAGS = -O0\n' ;;
    esac >flags
}

# --- what clang alone makes of it: the path of the object
profile_of() { # FILE
    case $mode in
    -pgo=off) ;;
    -pgo=auto)
        if [ "${1%/*}" = lib ] && [ -f lib/default.pgo ]; then echo lib/default.pgo
        elif [ -f default.pgo ]; then echo default.pgo
        elif [ -f lib/default.pgo ]; then echo lib/default.pgo # the only one
        fi
        ;;
    *) echo "${mode#-pgo=}" ;;
    esac
}

expected_object() { # FILE
    profile=$(profile_of "$1")
    key=$(cat "$1.c" h.h flags $profile /dev/null | sha256sum)
    object=../expected/${profile:+with-}$(basename "$1")-${key%% *}.o
    if [ ! -f "$object" ]; then
        compiler=$(sed -n 's/^CC = .*\(clang-.*\)/\1/p' flags)
        flags=$(sed -n 's/^CFLAGS = //p' flags)
        set -- "$1"
        case $flags in
        *-O0*) ;;
        *)
            set -- "$@" -fdebug-info-for-profiling
            [ "$flags" = "${flags% -g}" ] && set -- "$@" -g1 "-fdebug-prefix-map=$PWD=."
            if [ "$profile" ]; then
                set -- "$@" "-fprofile-sample-use=$profile" -Wno-backend-plugin \
                    -mllvm -enable-ext-tsp-block-placement
            else
                set -- "$@" -mllvm -enable-npm-pgo-inline-deferral=false
            fi
            ;;
        esac
        source_file=$1.c && shift
        $compiler $flags -I. -c "$source_file" -o "$object" "$@" >../clang.out 2>&1 ||
            { cat ../clang.out >&2; return 1; }
    fi
    echo "$object"
}

# --- the changes
pick_file() { # sets `file`
    pick 12
    set -- $files
    shift $picked
    file=$1
}

change() {
    sleep 0.01 # a file system's clock has ticks
    pick 9
    case $picked in
    0 | 1 | 2) pick 4; write_profiles default.pgo $picked ;;
    3) pick 4; write_profiles lib/default.pgo $picked ;;
    4) pick 4; write_flags $picked ;;
    5) pick_file; pick 3; write_source $file $picked ;;
    6) pick 2; echo "#define STEP $picked" >h.h ;;
    7) pick_file; rm -f obj/$file.o ;;
    8) pick_file; touch $file.c; make >../plain.out 2>&1 ;; # past pgo-build
    esac
    pick 8
    case $picked in
    0) mode=-pgo=off ;;
    1) mode=-pgo=other.pgo ;;
    *) mode=-pgo=auto ;;
    esac
    unset CCACHE_DISABLE CCACHE_NODIRECT CCACHE_DEPEND
    pick 4
    case $picked in
    0) export CCACHE_DISABLE=1 ;;
    1) export CCACHE_NODIRECT=1 ;;
    2) export CCACHE_DEPEND=1 ;;
    esac
}

for file in $files; do write_source $file 0; done
write_profiles default.pgo 1
write_profiles lib/default.pgo 2
write_profiles other.pgo 2
write_flags 0
echo '#define STEP 0' >h.h
mode=-pgo=auto done=0 rounds=0 quiet=0

# a profile that makes no difference would prove nothing
hot=$(expected_object b) && write_profiles default.pgo 2 && rare=$(expected_object b) &&
    rm -f default.pgo lib/default.pgo && none=$(expected_object b) || fail "clang alone"
if cmp -s "$hot" "$rare" || cmp -s "$hot" "$none"; then fail "the profile makes no difference"; fi

while [ $done -lt "$compiles" ]; do
    state="round $rounds, seed ${4:-1}, $mode"
    echo "$done compiles, $state" >../progress # for who waits for thousands
    build "$mode" -report=../report.json make -j2 || fail "$state"
    new=$(sed -n 's/.*"total": \([0-9]*\).*/\1/p' ../report.json)
    done=$((done + new)) rounds=$((rounds + 1))
    for file in $files; do
        wanted=$(expected_object $file) || fail "$state: clang alone, $file.c"
        cmp "obj/$file.o" "$wanted" || fail "$state: obj/$file.o is not that of a clean compile"
    done
    pick 4
    if [ $picked = 0 ]; then # nothing changed: nothing is compiled
        build "$mode" -report=../report.json make || fail "$state, again"
        grep -q '"total": 0' ../report.json || fail "$state: compiled again without need"
        quiet=$((quiet + 1))
    fi
    change
done

[ -n "$(ls "$PGO_BUILD_CACHE"/projects/*/slices)" ] || fail "no file was ever given a slice"
echo "$done compiles in $rounds rounds, $quiet of them twice: every object was that of a clean compile"
echo "$(find ../expected -name '*.o' | wc -l) different states of a file"
exit 0
