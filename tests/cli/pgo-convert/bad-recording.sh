# perf.data and texts of branches that are damaged, foreign or of nothing: a message each, exit 1.
. "$SOURCE/tests/cli/pgo-convert/try"
compile app -g1 -fdebug-info-for-profiling
cp "$SOURCE/tests/fuzz/corpus/perf_data/file" recording
cp "$SOURCE/tests/fuzz/corpus/perf_data/compressed" compressed
try -o out recording
try -o out - <recording
head -c 1000 recording >cut.data
try -o out cut.data
head -c 120 recording >header
try -o out header
printf 'PERFILE2' >magic
try -o out magic
{ head -c 500 compressed; printf 'damage'; tail -c +507 compressed; } >damaged
try -o out damaged
# no branch in it is of code of the program
printf '1\n10-20:5\n1\n10->20:5\n' >nowhere
try -o out --binary=app nowhere
try -o out nowhere
printf '2\n10-20:5\n' >short
try -o out --binary=app short
printf '1\n10-20:5\n1\n10->20\n' >wrong
try -o out --binary=app wrong
absent out
