. "$(dirname "$0")/tools"
write_profile default.pgo
{
    pgo-build -n make -j2 'CFLAGS=-O2 -g' && echo
    pgo-build -n -pgo=off make && echo
    pgo-build -n clang-22 -O2 -c main.c && echo
    pgo-build -n cmake -S . -B build
} | hide_names
