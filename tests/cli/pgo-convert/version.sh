pgo-convert --version
