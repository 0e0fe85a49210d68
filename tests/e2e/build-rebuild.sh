#!/bin/sh
# What each change makes each build system compile again: exactly that, and once.
#
# The table is below. A profile without a compile-unit map is given to every file as a whole; with a
# map (sliced) a file is compiled again when its own part has changed: main.c names hot().
# shellcheck disable=SC2016,SC2086 # make reads the $; lists of names
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make ninja clang-19 readelf ccache

# --- the systems, each in a project of its own: hot.c and main.c include h.h
write_system() {
    write_project "$1"
    cd "$1" || exit 1
    mkdir .git
    echo 'int hot(int n);' >h.h
    sed -i '1i#include "h.h"' hot.c main.c
    case $1 in
    make) printf 'CFLAGS = -O2\napp: main.o hot.o cold.o\n\t$(CC) -o $@ $^\n' >Makefile ;;
    make-deps)
        printf 'CFLAGS = -O2 -MMD\napp: main.o hot.o cold.o\n\t$(CC) -o $@ $^\n' >Makefile
        echo '-include *.d' >>Makefile
        ;;
    ninja)
        cat >build.ninja <<'END_OF_NINJA'
rule cc
  command = cc -O2 -MMD -MF $out.d -c $in -o $out
  depfile = $out.d
  deps = gcc
rule link
  command = cc $in -o $out
build main.o: cc main.c
build hot.o: cc hot.c
build cold.o: cc cold.c
build app: link main.o hot.o cold.o
END_OF_NINJA
        ;;
    esac
    cd ..
}

# --- the changes
mode=-pgo=auto
apply() {
    case $1 in
    nothing) ;;
    first_profile) write_profile 5000 default.pgo ;;
    another_profile) write_profile 6000 default.pgo ;;
    sliced_profile) write_mapped_profile 5000 default.pgo ;;
    another_sliced) write_mapped_profile 6000 default.pgo ;;
    touched_profile) touch default.pgo ;;
    profile_removed) rm default.pgo ;;
    off) mode=-pgo=off ;;
    auto) mode=-pgo=auto ;;
    touched_source) touch cold.c ;;
    edited_source) echo 'int more;' >>cold.c ;;
    edited_header) echo 'int other(int n);' >>h.h ;;
    object_removed) rm hot.o ;;
    renamed_file)
        mv hot.c warm.c
        sed -i 's/hot\.c/warm.c/g; s/hot\.o/warm.o/g' Makefile build.ninja 2>/dev/null
        ;;
    *) fail "unknown change: $1" ;;
    esac
}

# check SYSTEM CHANGE WANTED CACHED: applies the change, builds, and looks at what was compiled
check() {
    cd "$1" || exit 1
    export CCACHE_DIR="$scratch/ccache-$1"
    sleep 0.02 # a file system's clock has ticks
    apply $2
    build $mode -report=report.json ${1%-deps} || fail "$1, $2"
    got=$(sed -n 's#.*"source": "[^"]*/\([^"/]*\)".*#\1#p' report.json | sort | tr '\n' ' ')
    wanted=$(printf '%s ' $3)
    [ "$wanted" = 'all ' ] && wanted='cold.c hot.c main.c '
    [ "$wanted" = '- ' ] && wanted=
    [ "$got" = "$wanted" ] || fail "$1, $2: compiled '$got' instead of '$wanted'"
    misses=$(sed -n 's/.*"cache_misses": \([0-9]*\).*/\1/p' report.json)
    [ "$4" = known ] && wanted=
    [ "$misses" = "$(echo $wanted | wc -w)" ] || fail "$1, $2: clang ran $misses times"
    build $mode -report=report.json ${1%-deps} || fail "$1, again after $2"
    grep -q '"total": 0' report.json || fail "$1, again after $2: compiled without need"
    cd ..
}

# change            make with dependency files, ninja | make without | is it in ccache?
table='
first_profile       all            | all            | new
nothing             -              | -              | known
touched_profile     -              | -              | known
another_profile     all            | all            | new
first_profile       all            | all            | known
off                 all            | all            | new
nothing             -              | -              | known
another_profile     -              | -              | known
auto                all            | all            | known
profile_removed     all            | all            | known
first_profile       all            | all            | known
sliced_profile      all            | all            | new
another_sliced      hot.c main.c   | hot.c main.c   | new
sliced_profile      hot.c main.c   | hot.c main.c   | known
first_profile       all            | all            | known
touched_source      cold.c         | cold.c         | known
edited_source       cold.c         | cold.c         | new
object_removed      hot.c          | hot.c          | known
edited_header       hot.c main.c   | -              | new
renamed_file        warm.c         | warm.c         | new
another_profile     cold.c main.c warm.c | cold.c main.c warm.c | new
'
for system in make-deps make ninja; do
    write_system $system
    mode=-pgo=auto
    while read -r change rest; do
        [ "$change" ] || continue
        files=${rest%%|*} rest=${rest#*|}
        [ $system = make ] && files=${rest%%|*}
        cached=${rest##*|}
        check $system $change "$files" $cached
    done <<END_OF_TABLE
$table
END_OF_TABLE
    has_profile $system/warm.o || fail "$system: the renamed file lost its profile"
done
exit 0
