. "$(dirname "$0")/tools"
printf '\n' >default.pgo
pgo-build sh -c 'clang-22 -O2 -c a.c'
printf 'hot:0:0\n' >default.pgo
pgo-build sh -c 'clang-22 -O2 -c a.c'
