# The manual, and the version.
pgo-bench --help
pgo-bench --version
