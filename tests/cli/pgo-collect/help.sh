pgo-collect --help && pgo-collect record --help && pgo-collect merge --help && pgo-collect show --help && pgo-collect --version &&
    pgo-collect record --version
