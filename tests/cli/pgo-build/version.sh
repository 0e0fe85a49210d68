pgo-build -version && pgo-build --version
