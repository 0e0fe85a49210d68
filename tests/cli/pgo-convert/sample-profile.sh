# Sample profiles of LLVM's as input: alone, with weights, with samples, in every form; and damaged.
. "$SOURCE/tests/cli/pgo-convert/try"
command -v llvm-profdata-22 >/dev/null || { echo "skipped: no llvm-profdata-22" >&2; exit 77; }
printf 'f:12:1\n 1: 10\n 2.1: g:2\n  1: 2\n#!pgo units 1\n#!pgo unit a.c\n#!pgo  f g\n' >old.pgo
printf 'f:5:1\n 1: 5 t:5\nh:1:0\n 1: 1\n' >other.prof
try old.pgo
try old.pgo other.prof@3
# through the binary forms and back; they have no map
try --format=extbinary -o extensible old.pgo
try extensible
try extensible other.prof@2
# with samples: one of a line is one count
{
    head_of_pprof
    printf 'function f f 1 f.c\nlocation - 0 0:2\nsample 0 7\n'
} | make_pprof >samples
try old.pgo samples
# by pseudo-probe: alone, and not together with lines
printf 'f:10:1\n 1: 10\n !CFGChecksum: 1\n' >probes
printf 'f:11:2\n 1: 11\n !CFGChecksum: 2\n' >newer-probes
try probes
try probes newer-probes
try -o out probes old.pgo
try -o out probes samples
# nothing in it
printf '#!pgo nothing\n' >blank
try -o out blank
printf 'f:0:0\n 1: 0\n' >cold
try -o out cold
# damaged, or not for us
printf 'f:12:1\n 1: 10\n   2: 3\n' >damaged
try -o out damaged
printf '[main:3 @ foo]:1:1\n 1: 1\n' >contexts
try -o out contexts
head -c 40 extensible >"cut"
try -o out cut 2>&1 >/dev/null | sed 's#/[^ ]*/llvm-profdata[^:]*#PROFDATA#' >&2
llvm-profdata-22 merge --sample --extbinary --use-md5 old.pgo -o hashed
try -o out hashed
absent out
