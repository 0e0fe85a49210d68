#!/bin/sh
# Completion in real shells: zsh and fish are asked what they propose. (docs/check-help compares the
# options; tests/cli has bash.) A shell that is missing is named.
#
# usage: completion.sh SOURCE_DIR
set -u
cd "$1" || exit 1
failed=0 asked=0

# shellcheck disable=SC2317 # called as ask_$shell
ask_zsh() { zsh -f tests/check/ask-zsh completion "$1"; }
# shellcheck disable=SC2016,SC2317
ask_fish() {
    HOME=$scratch fish --no-config -c 'source completion/pgo.fish; complete -C $argv[1]' "$1" | cut -f 1
}

# expect LINE WORD...: each WORD is proposed at the end of LINE
expect() {
    line=$1
    shift
    "ask_$shell" "$line" >"$scratch/proposed"
    for word; do
        # fish proposes the whole of --name=value
        grep -qxE -e "(--?[a-z-]*=)?$word" "$scratch/proposed" && continue
        echo "$shell: '$line': $word is not among: $(tr '\n' ' ' <"$scratch/proposed")"
        failed=1
    done
}

# refuse LINE WORD: it is not proposed there
refuse() {
    "ask_$shell" "$1" | grep -qx -e "$2" || return 0
    echo "$shell: '$1': $2 is proposed"
    failed=1
}

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
for shell in zsh fish; do
    command -v $shell >/dev/null || { echo "not asked: $shell is missing"; continue; }
    asked=$((asked + 1))
    expect 'pgo-build -' -pgo -slices -n --help
    expect 'pgo-build doc' doctor
    expect 'pgo-build -slices=' auto on off
    refuse 'pgo-build make -' -slices
    expect 'pgo-convert --' --count --binary --strict
    expect 'pgo-convert --count=' flow block max sum
    expect 'pgo-collect ' record import fetch merge show
    expect 'pgo-collect fetch --' --seconds --bearer-file
    refuse 'pgo-collect fetch --' --normalize
    expect 'pgo-collect merge --normalize=' none duration
    expect 'pgo-bench --mode=' clock instructions
done
[ $asked -gt 0 ] || { echo "skipped: neither zsh nor fish is here"; exit 77; }
exit $failed
