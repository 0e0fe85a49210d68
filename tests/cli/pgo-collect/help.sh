for command in record import fetch merge show; do
    pgo-collect $command --help || exit
done
pgo-collect --help && pgo-collect --version && pgo-collect fetch --version
