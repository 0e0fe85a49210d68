#!/bin/sh
# The command is as if pgo-build were not there: exit codes, signals, descriptors, terminal.
# shellcheck disable=SC2015,SC2016 # "A && B || fail" is meant; make reads the $
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-19 gcc script setsid

write_project p
cd p || exit 1

build sh -c 'exit 41'
[ $? = 41 ] || fail "the command's exit code"
build sh -c 'kill -9 $$'
[ $? = 137 ] || fail "the command's signal"
build ./nothing-here
[ $? = 127 ] || fail "127"
build ./main.c
[ $? = 126 ] || fail "126"
echo words | pgo-build -pgo=off cat >seen && [ "$(cat seen)" = words ] || fail "standard input"
pgo-build -pgo=off sh -c 'echo three >&3' 3>seen && [ "$(cat seen)" = three ] || fail "descriptor 3"
echo 'int x = ;' >broken.c
build clang-19 -O2 -c broken.c
[ $? = 1 ] || fail "the compiler's exit code"
said 'broken.c:1:9: error: expected expression'
grep -q 'of callsites' out && fail "clang's account of stale profiles came through"

# SIGTERM is passed on, SIGINT is left to the command
rm -f out
pgo-build -pgo=off sh -c 'trap "echo got it; exit 3" TERM; echo ready; while :; do sleep 0.05; done' \
    >out 2>&1 &
pid=$!
until grep -qs ready out; do sleep 0.05; done
kill -TERM $pid
wait $pid
[ $? = 3 ] || fail "SIGTERM was not passed on"
said 'got it'
cat >slow.sh <<'END'
trap 'exit 5' INT
echo ready
while :; do sleep 0.05; done
END
rm out
setsid --wait env --default-signal=INT sh -c 'echo $$ >pid; exec pgo-build -pgo=off sh slow.sh' >out 2>&1 &
waiter=$!
until grep -qs ready out; do sleep 0.05; done
kill -s INT -- "-$(cat pid)"
wait $waiter
[ $? = 5 ] || fail "SIGINT ended pgo-build before its command"

# colours on a terminal, none elsewhere
printf 'int f(void)\n{\n    int x;\n    return x;\n}\n' >warn.c
unset NO_COLOR
if script -qec true /dev/null >/dev/null 2>&1; then # a bare chroot has no pseudo-terminals
    TERM=xterm script -qec 'pgo-build clang-19 -Wall -O2 -c warn.c' /dev/null >out 2>&1
    grep -q "$(printf '\033')\[1mwarn.c:" out || fail "the colours were lost"
fi
pgo-build clang-19 -Wall -O2 -c warn.c >out 2>&1
grep -q "$(printf '\033')" out && fail "colours where nobody asked for them"
export NO_COLOR=1

# pgo-build below pgo-build: the outer session; two at once
build pgo-build make || fail "nested"
said '3 files compiled'
rm -f first
pgo-build sh -c 'touch main.o; echo ready; for i in $(seq 600); do [ ! -e go ] || exit 0; sleep 0.1; done' \
    >first 2>&1 &
first=$!
until grep -qs ready first; do sleep 0.05; done
build true || fail "a second one with the same settings"
[ -n "$(find main.o -newer main.c)" ] || fail "the second one set an object old that the first was writing"
build make || fail "a second one with the same settings"
build -pgo=off make
[ $? = 125 ] || fail "a second one with other settings must fail"
said 'another pgo-build is running here with other settings'
said '^hint: '
touch go
wait $first || fail "the first one failed"
build -pgo=off make || fail "-pgo=off after the first has ended"

# without a session the launcher is the compiler it stands for
launcher=$(echo "$PGO_BUILD_CACHE"/projects/*/bin)
"$launcher/clang-19" -O2 -c hot.c -o plain.o || fail "launcher without a session"
[ "$("$launcher/clang-19" --version)" = "$(clang-19 --version)" ] || fail "launcher --version"
"$launcher/pgo-launch" gcc -c hot.c -o plain.o || fail "launcher with a compiler behind it"
"$launcher/pgo-launch" 2>out
[ $? = 125 ] || fail "launcher without a compiler"

# a cache from which nothing can be run (where this user may mount one)
mkdir noexec
if unshare -m mount -t tmpfs -o noexec none noexec 2>/dev/null; then
    unshare -m sh -c 'mount -t tmpfs -o noexec none noexec
                      PGO_BUILD_CACHE=$PWD/noexec pgo-build make -B' >out 2>&1
    [ $? = 125 ] || fail "a cache without programs must stop the build"
    said 'pgo-launch: cannot be run: Permission denied'
    said '^hint: .*noexec'
fi
exit 0
