#!/bin/sh
# Who serves where a program has a wrapper that is loaded with libpgocollect as well: the program, from
# `timeout`, a shell, both; when it has ended the wrapper has the address back. A process that does
# more than wait keeps its address.
#
# usage: collect-wrapper.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/collect-program
. "$(dirname "$0")/collect-program"
need cc curl python3 timeout

cc -O2 "$source/tests/data/served.c" -o served
cat >parent.c <<'END_C'
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile unsigned sink;

/* parent busy|wait COMMAND...: starts it and never ends; busy: with work of its own. */
int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    if (fork() == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (strcmp(argv[1], "wait") == 0)
        for (;;)
            pause();
    for (;;)
        sink = sink * 1664525u + 1;
}
END_C
cc -O1 parent.c -o parent
port=$(free_port)
address=127.0.0.1:$port

# start COMMAND...: in the background; what is served from it is that of $address
start() {
    PGO_COLLECT_HTTP=$address LD_PRELOAD=$library "$@" 2>said &
    program=$!
}
# is_served_by NAME
is_served_by() {
    rm -f index
    case $address in
        unix:*) curl -fsS --unix-socket "${address#unix:}" -o index http://localhost/debug/pprof/ ;;
        *) curl -fsS -o index "http://$address/debug/pprof/" ;;
    esac && grep -q "<title>$1: profiles</title>" index
}
server_pid() { sed -n 's/.*process \([0-9]*\),.*/\1/p' index; }
# goes_to NAME COMMAND...: to the innermost; which ends, and then its wrapper has it, or all is over
goes_to() {
    name=$1
    shift
    start "$@"
    until_true is_served_by "$name"
    others=$(server_pid)
    [ ! -s said ] || { cat said; fail "$*: something was said"; }
}
end_all() {
    kill "$others"
    wait "$program" 2>/dev/null || true
    program='' others=''
}
goes_to served timeout 300 ./served
end_all
goes_to served sh -c './served; true'
end_all
goes_to served sh -c 'timeout 300 ./served; true'
end_all
address=unix:$scratch/socket
goes_to served timeout 300 ./served
end_all
address=127.0.0.1:$port

# The address comes back.
goes_to served ./parent wait ./served
kill "$others"
until_true is_served_by parent
[ "$(server_pid)" = "$program" ] || fail "it is not the parent that serves"
end_program

# Who works keeps it, and the other one says that it is taken.
start ./parent busy ./served
until_true is_served_by parent
until_true grep -q 'in use' said
is_served_by parent || { cat index; fail "a busy process has lost its address"; }
end_program
until_true_of_child() {
    tries=0
    until is_served_by served 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || fail "the child does not serve when its parent has ended"
        sleep 0.1
    done
}
until_true_of_child
kill "$(server_pid)"
echo "all good"
