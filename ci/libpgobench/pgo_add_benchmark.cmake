# pgo_add_benchmark(NAME SOURCE...): a program of benchmarks (pgo_bench.h), counting allocations.
#
# What it measures is linked by target_link_libraries(NAME PRIVATE ...). The target `bench` builds
# and runs all such programs, one after the other; it is not part of `all`, nor are the programs.
function(pgo_add_benchmark name)
    add_executable(${name} EXCLUDE_FROM_ALL ${ARGN})
    target_link_libraries(${name} PRIVATE pgo-bench::pgobench pgo-bench::pgobench_malloc)
    add_custom_target(bench-${name} COMMAND ${name} USES_TERMINAL VERBATIM)
    if(NOT TARGET bench)
        add_custom_target(bench)
    endif()
    get_property(before GLOBAL PROPERTY PGO_LAST_BENCHMARK)
    if(before)
        add_dependencies(bench-${name} ${before})
    endif()
    set_property(GLOBAL PROPERTY PGO_LAST_BENCHMARK bench-${name})
    add_dependencies(bench bench-${name})
endfunction()
