pgo-build
