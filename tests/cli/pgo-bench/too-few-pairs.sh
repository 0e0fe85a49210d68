# One pair, and one less than an interval needs: no verdict is possible, and nothing is run.
for pairs in 1 10; do
    pgo-bench -n $pairs --base='sh -c "touch ran"' --test='sh -c "touch ran"'
    echo "exit $?" >&2
done
ls
