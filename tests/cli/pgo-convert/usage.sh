# Wrong command lines: each a message, a hint where there is one, and exit code 2.
. "$SOURCE/tests/cli/pgo-convert/try"
try
try -o default.pgo
try --binary ./a.out
try --bogus a.pprof
try --coun=max a.pprof
try --count=median a.pprof
try --count= a.pprof
try --format=json a.pprof
try --input=perf a.pprof
try a.pprof -o
try a.pprof --binary
try --help=yes
try -x a.pprof
try --input=counts counts
try --input=counts --binary=a --binary=b counts
try a.pprof@0
try a.pprof@1000001
ls
