# What gain and accuracy refuse, before they build anything.
command -v python3 >/dev/null || { echo 'skipped: python3 is missing' >&2; exit 77; }
export PYTHONDONTWRITEBYTECODE=1
for tool in gain accuracy; do
    for option in --rule=max --rules=best --samples=10 --samples=many --kinds=name \
        --recordings=0 --layouts; do
        "$SOURCE/bench/$tool" "$option"
        echo "exit $?" >&2
    done
    "$SOURCE/bench/$tool" --programs=nothing --tools=.
    echo "exit $?" >&2
    "$SOURCE/bench/$tool" --help | sed -n 1p
done
