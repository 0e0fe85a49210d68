#!/bin/sh
# Programs that stand before the compiler: scripts, a cache by its path, distcc; by CC and by CMake.
# shellcheck disable=SC2015,SC2016 # "A && B || fail" is meant; make reads the $
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need cmake make ninja clang-19 readelf ccache

write_project p
cd p || exit 1
mkdir .git
printf '#!/bin/sh\necho "$1" >>"%s/launched"\nexec "$@"\n' "$scratch" >launch.sh && chmod +x launch.sh

# launched NUMBER: so many compiles and links went through launch.sh since it was last asked
launched() {
    count=$(grep -c . "$scratch/launched" 2>/dev/null)
    rm -f "$scratch/launched"
    [ "$count" = "$1" ] || fail "launch.sh ran $count times instead of $1"
}

# make: in front of a name and of a path
build make -B "CC=./launch.sh clang-19" || fail "a launcher before a name"
said '3 files compiled by clang-19 with default.pgo'
has_profile hot.o || fail "a launcher before a name"
launched 4
build make -B "CC=$PWD/launch.sh $(command -v clang-19)" || fail "a launcher before a path"
said '3 files compiled by clang-19 with default.pgo'
has_profile hot.o || fail "a launcher before a path"
launched 4
build make || fail "up to date behind a launcher"
said 'up to date'

# CMake: the project sets its own, in the ways that there are
write_lists() {
    printf 'cmake_minimum_required(VERSION 3.20)\nproject(p C)\nset(CMAKE_BUILD_TYPE Release)\n%s\n' "$1" \
        >CMakeLists.txt
    echo 'add_executable(app main.c hot.c cold.c)' >>CMakeLists.txt
}
object=tree/CMakeFiles/app.dir/hot.c.o
for generator in Ninja 'Unix Makefiles'; do
    for line in 'set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_SOURCE_DIR}/launch.sh)' \
        'set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_SOURCE_DIR}/launch.sh CACHE STRING "")' \
        'set_property(GLOBAL PROPERTY RULE_LAUNCH_COMPILE ${CMAKE_SOURCE_DIR}/launch.sh)'; do
        write_lists "$line"
        build cmake -S . -B tree -G "$generator" || fail "configure: $line"
        rm -f "$scratch/launched"
        build cmake --build tree || fail "build: $line"
        said '3 files compiled by clang-[0-9]* with default.pgo'
        has_profile $object || fail "$generator: $line"
        case $line in # ours is in the cache of the tree before the project's default gets there
        *CACHE*) ;;
        *) launched 3 ;;
        esac
        build cmake --build tree || fail "nothing to do: $line"
        said 'up to date'
        rm -rf tree
    done
done
write_lists 'set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_SOURCE_DIR}/launch.sh CACHE STRING "")'
CC=clang-19 cmake -S . -B tree >out 2>&1 || fail "plain configure"
rm -f "$scratch/launched"
build cmake --build tree || fail "a launcher in a tree from before"
said '3 files compiled by clang-19 with default.pgo'
has_profile $object || fail "a launcher in a tree from before"
launched 3
rm -rf tree

# ccache by its path cannot be put behind us: refused, counted, and never a wrong object
write_lists "set(CMAKE_C_COMPILER_LAUNCHER $(command -v ccache))"
build cmake -S . -B tree || fail "configure with ccache"
build cmake --build tree || fail "build with ccache"
said '3 of 3 compiles ran under a compiler cache that stands outside of pgo-build'
has_profile $object && fail "the profile went in below a cache that does not know of it"

# distcc: compiles with a profile stay here, the others go out
command -v distccd >/dev/null || exit 0
chmod 755 "$scratch" && mkdir "$scratch/distcc" || exit 1 # the server may run as another user
export DISTCC_DIR="$scratch/distcc" DISTCC_LOG="$scratch/distcc.log"
port=$((20000 + $$ % 20000))
distccd --no-detach --daemon --listen 127.0.0.1 --port $port --allow 127.0.0.1 --log-stderr \
    --enable-tcp-insecure 2>"$scratch/distccd.log" &
server=$!
trap 'kill $server; rm -rf "$scratch"' EXIT
export DISTCC_HOSTS="127.0.0.1:$port"
for _ in 1 2 3 4 5 6 7 8 9 10; do # until it listens
    rm -f first.o
    DISTCC_FALLBACK=0 distcc clang-19 -c main.c -o first.o 2>"$scratch/distcc.err" && break
    rm -rf "$DISTCC_DIR" && mkdir "$DISTCC_DIR" && sleep 0.5
done
[ -f first.o ] || { echo "skipped: distccd does not serve: $(cat "$scratch/distcc.err")"; exit 77; }
sent() { grep -c 'COMPILE_OK' "$scratch/distccd.log"; }
for _ in 1 2 3 4 5 6 7 8 9 10; do # the server notes a compile after its answer
    [ "$(sent)" -gt 0 ] && break
    sleep 0.5
done
before=$(sent)
mkdir mask && ln -s "$(command -v distcc)" mask/clang-19
export CCACHE_DISABLE=1
build make -B "CC=distcc clang-19" || fail "distcc"
has_profile hot.o || fail "distcc"
said '3 of 3 compiles ran here, by distcc.s local host: other machines do not have the profile'
PATH="$PWD/mask:$PATH" build make -B CC=clang-19 || fail "distcc by a compiler's name"
has_profile hot.o || fail "distcc by a compiler's name"
unset CCACHE_DISABLE
CCACHE_PREFIX=distcc build make -B CC=clang-19 || fail "CCACHE_PREFIX=distcc"
has_profile hot.o || fail "CCACHE_PREFIX=distcc"
[ "$(sent)" = "$before" ] || fail "compiles with a profile were sent to a machine without it"
CCACHE_DISABLE=1 build -pgo=off make -B "CC=distcc clang-19" || fail "distcc, -pgo=off"
[ "$(sent)" = $((before + 3)) ] || fail "compiles without a profile did not go out"
exit 0
