# Wrong command lines and inputs: an error with a hint, and no page.
run() {
    echo "\$ pgo-collect show $*" >&2
    pgo-collect show "$@" && echo "done: $*"
}
printf 'type cpu count\n' | make_pprof >empty.pgo
printf 'type heap bytes\n' | make_pprof >heap.pgo
make_pprof </dev/null >nothing.pgo
printf 'main:1:1\n 1: 1\n' >default.txt
echo 'not a profile' >text
echo '[]' >list.json
run --flame=page.html --label x empty.pgo
run --flame=page.html
run --flame=page.html empty.pgo heap.pgo
run --flame=page.html missing.pgo
run --flame=page.html text
run --flame=page.html nothing.pgo
run --flame=page.html --diff=heap.pgo empty.pgo
run --flame=page.html --diff=default.txt empty.pgo
run --flame=page.html --report=list.json empty.pgo
run --flame=empty.pgo heap.pgo
run --flame=missing/page.html empty.pgo
run --flame=/dev/full empty.pgo
run --frob
ls
