. "$(dirname "$0")/tools"
pgo-build sh -c 'clang-22 -O2 -c a.c'
