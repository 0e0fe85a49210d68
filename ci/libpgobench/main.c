/* The main() of a program that has none: an object of its own in the archive. */
#include "pgo_bench.h"

int main(int argc, char **argv)
{
    return bench_main(argc, argv);
}
