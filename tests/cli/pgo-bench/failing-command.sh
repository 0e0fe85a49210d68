# A run that fails: by its exit code, by a signal, with and without words of its own.
try() { pgo-bench --base='sh -c "exit 0"' --test="$1"; echo "exit $?" >&2; }
try 'sh -c "exit 3"'
try 'sh -c "echo first >&2; echo the last line >&2; exit 1"'
try "sh -c 'kill -KILL \$\$'"
try "sh -c 'printf \"\\033[31mred\" >&2; exit 1'"
