# Each mistake on the command line: one line, one hint, exit 2, nothing run.
try() { echo "pgo-bench $*" >&2; pgo-bench "$@"; echo "exit $?" >&2; }
try
try --base=true
try --test=true
try --base= --test=true
try --base="true 'a" --test=true
try --base='true > file' --test=true
try --base='true \' --test=true
try --base=true --test=true -n 0
try --base=true --test=true -n 501
try --base=true --test=true -n many
try --base=true --test=true --seed=x
try --base=true --test=true --warmup=0
try --base=true --test=true --gate=-1
try --base=true --test=true --gate=2%
try --base=true --test=true --timeout=0
try --base=true --test=true --mode=guess
try --base=true --test=true --mode=instructions -n 20
try --base=true --test=true --json=- --markdown=-
try --base=true --test=true --html=- --json=-
try --html=report.html
try ./app-plain ./app-pgo ./app-third
try ./app-plain
try --base=./app-plain ./app-pgo
try old.json new.json -n 20
try old.json new.json --check-output
try --base=true --test=true --mode=instructions --go=runs.txt
ls
