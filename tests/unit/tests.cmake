# One line a unit test: pgo_unit_test(NAME LIBRARY...) builds unit/test_NAME.c
pgo_unit_test(pprof profile)
pgo_unit_test(sampleprof profile)
pgo_unit_test(perf_record profile)
pgo_unit_test(collect_address_space collect)
pgo_unit_test(collect_queue collect)
pgo_unit_test(collect_trace collect)
