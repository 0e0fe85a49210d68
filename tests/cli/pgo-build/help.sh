pgo-build --help
