# Wrong command lines: each a message, a hint where there is one, and exit code 2.
try() {
    echo "\$ pgo-collect $*" >&2
    pgo-collect "$@"
    echo "exit $?" >&2
}
try
try recrod
try import
try import perf.data other.data
try import --pid self perf.data
try import --event= perf.data
try import -o "" perf.data
try import perf.data
try fetch
try fetch --nothing 127.0.0.1:6060
try fetch --seconds 0 127.0.0.1:6060
try fetch http://user:word@:6060/
try fetch ftp://user:word@host/x?token=word
try fetch -H word 127.0.0.1:6060
try fetch --query "{}" 127.0.0.1:6060
try fetch parca+http://127.0.0.1:7070
try fetch --from yesterday pyroscope+http://127.0.0.1:4040
try fetch -o . 127.0.0.1:6060
try record
try record --
try record -p 1 -- true
try record -p 0
try record -p self
try record -F 0 -- true
try record -F 100001 -- true
try record -F 99.5 -- true
try record -d 0 -- true
try record -d soon -- true
try record -o "" -- true
try record -o
try record --call-graph=lbr -- true
try record --call-graph=dwarf,9 -- true
try record --call-graph=dwarf,65537 -- true
try record -a -- true
try record -a -p 1
try record -o . -- true
