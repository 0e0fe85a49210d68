pgo-collect --help && pgo-collect record --help && pgo-collect --version &&
    pgo-collect record --version
