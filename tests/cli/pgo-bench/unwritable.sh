# A result that cannot be written is known before anything is measured.
try() { pgo-bench "$@" --base='sh -c "touch ran"' --test='sh -c "touch ran"'; echo "exit $?" >&2; }
try --json=no/such/result.json
try --markdown=/proc/none/result.md
ls
