# pgo_fuzz_target(NAME LIBRARY...): fuzz_NAME.c, and a test that replays its corpus, fuzz/corpus/NAME.
# With -DPGO_FUZZ=ON (and clang) the same target is also a fuzzer, <build>/tests/fuzz/fuzz_NAME:
#     fuzz_NAME -max_total_time=3600 WORK_FOLDER tests/fuzz/corpus/NAME
function(pgo_fuzz_target name)
    add_executable(fuzz_${name} fuzz/fuzz_${name}.c)
    target_link_libraries(fuzz_${name} PRIVATE ${ARGN})
    set_target_properties(fuzz_${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/fuzz)
    if(PGO_FUZZ)
        target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    else()
        target_sources(fuzz_${name} PRIVATE fuzz/replay.c)
        target_link_libraries(fuzz_${name} PRIVATE base)
        add_test(NAME fuzz.${name}
            COMMAND fuzz_${name} ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${name})
        set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 300)
    endif()
endfunction()

pgo_fuzz_target(binary binary)
pgo_fuzz_target(branch_text pgo_convert_core)
pgo_fuzz_target(build pgo_build_stages)
pgo_fuzz_target(counts pgo_convert_core)
pgo_fuzz_target(eh_frame collect_unwind)
pgo_fuzz_target(fetch collect)
pgo_fuzz_target(gperftools profile)
pgo_fuzz_target(http_request pgocollect_core)
pgo_fuzz_target(line_table binary)
pgo_fuzz_target(merge profile)
pgo_fuzz_target(perf_data profile)
pgo_fuzz_target(perf_record profile)
pgo_fuzz_target(pprof profile pprof_wire)
pgo_fuzz_target(sampleprof profile)
pgo_fuzz_target(show collect)
