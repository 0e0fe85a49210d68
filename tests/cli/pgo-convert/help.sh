pgo-convert --help
