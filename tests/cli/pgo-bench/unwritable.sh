# A result that cannot be written is known before anything is measured.
try() { pgo-bench "$@" --base='sh -c "touch ran"' --test='sh -c "touch ran"'; echo "exit $?" >&2; }
try --json=no/such/result.json
try --markdown=/proc/none/result.md
try --html=no/such/result.html
echo notes >notes.txt
try --html=notes.txt
ls
