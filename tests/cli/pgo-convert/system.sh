# Code that no project compiles is left out, and said: the system's libraries, the kernel, our own profiler.
. "$SOURCE/tests/cli/pgo-convert/try"
{
    head_of_pprof
    printf 'function main main 10 main.c\nlocation - 0 0:12\nsample 0 95\n'
    printf 'mapping 1000 2000 0 - /usr/lib/x86_64-linux-gnu/libc.so.6\nlocation 0 1010\nsample 1 3\n'
    printf 'mapping 3000 4000 0 - /opt/app/lib/libpgocollect.so.0.1.0\nlocation 1 3010\nsample 2 2\n'
} | make_pprof >app.pprof
try app.pprof
