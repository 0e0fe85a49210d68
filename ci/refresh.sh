#!/bin/sh
# refresh.sh: a CI job: default.pgo from this week's profiles. --help says all; docs/ci.md has the
# steps.
#
# fetch → merge, which refuses too little → convert, which keeps what differs by chance alone →
# a summary → default.pgo. The stages stand at the end of this file.
# shellcheck disable=SC2317 # finish(), and what it calls, is a trap's
set -u
umask 022
job=refresh.sh
here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
# shellcheck source=ci/job.sh
. "$here/job.sh"

help() {
    cat <<'END'
usage: ci/refresh.sh [--help]          in a folder of the project

Gets new profiles, adds them up, and refreshes default.pgo by them: records that differ by chance
alone stay, so that little is built again. Then default.pgo is ready to be committed, and
refresh.md says what changed. A profile that fails a gate changes nothing.

Inputs, by the environment:
  PGO_CI_SOURCES      files (pprof, gperftools; FILE@WEIGHT) and URLs, a line each    (needed)
  PGO_CI_PROFILE      the profile to refresh, or to make                  (default.pgo)
  PGO_CI_MIN_SAMPLES  with fewer in all, nothing is changed               (1000)
  PGO_CI_STRICT       yes: nor if more than 5% of the samples are lost    (no)
  PGO_CI_BINARIES     the profiled programs, a line each, if they are not where the profile says
  PGO_CI_BUILT        a program built from today's source: how much of the profile fits it?
  PGO_CI_SECONDS      how long a plain URL is to sample                   (30)
  PGO_CI_QUERY        Pyroscope, Parca: which profiles, and of what time, as of
  PGO_CI_FROM           pgo-collect fetch                                 (now-1h)
  PGO_CI_TO                                                               (now)
  PGO_CI_BEARER_FILE  a file with a token for the URLs
  PGO_CI_CACERT       a file with the authorities to trust
  PGO_CI_APPLY        no: leave PGO_CI_PROFILE alone, the result is in OUT (yes)
  PGO_CI_OUT          folder for the results; made if needed   (a new one in $TMPDIR)

In OUT then lie default.pgo, refresh.md (for a pull request), commit.txt (for git commit -F), and
refresh.json (pgo-convert's report).

Exit code: 0 done; 1 failed, or a gate; 2 wrong input. Nothing but 0 changes PGO_CI_PROFILE.

Examples:
  PGO_CI_SOURCES=http://10.0.0.7:6060 PGO_CI_SECONDS=60 ci/refresh.sh
  PGO_CI_SOURCES='pyroscope+https://profiles.example' PGO_CI_FROM=now-7d \
      PGO_CI_QUERY='{service_name="shop"}' PGO_CI_BEARER_FILE=token ci/refresh.sh
  PGO_CI_SOURCES="$(ls /srv/profiles/*.pprof)" PGO_CI_MIN_SAMPLES=20000 ci/refresh.sh
  git commit -F "$PGO_CI_OUT/commit.txt" default.pgo
END
}

read_inputs() {
    check_names
    # an empty value is a default: CI templates pass on what nobody has set
    sources=${PGO_CI_SOURCES:-} profile=${PGO_CI_PROFILE:-default.pgo} out=${PGO_CI_OUT:-}
    min_samples=${PGO_CI_MIN_SAMPLES:-1000} strict=${PGO_CI_STRICT:-no} apply=${PGO_CI_APPLY:-yes}
    binaries=${PGO_CI_BINARIES:-} built=${PGO_CI_BUILT:-}

    [ -n "$sources" ] || die 2 "PGO_CI_SOURCES is missing" "name files or URLs, a line each"
    check_number PGO_CI_MIN_SAMPLES "$min_samples"
    check_number PGO_CI_SECONDS "${PGO_CI_SECONDS:-}"
    check_choice PGO_CI_STRICT "$strict" yes no
    check_choice PGO_CI_APPLY "$apply" yes no
    [ -z "$built" ] || [ -f "$built" ] || die 2 "PGO_CI_BUILT: $built: no such file"
    case $profile in
    /*) ;;
    *) profile=$(pwd -P)/$profile ;;
    esac
    profile=$(readlink -m -- "$profile") # a link stays a link
    [ -d "${profile%/*}" ] || die 2 "PGO_CI_PROFILE: ${profile%/*}: no such folder"
    [ "$apply" = no ] || [ -w "${profile%/*}" ] || die 1 "$profile: cannot be written" \
        "PGO_CI_APPLY=no leaves the result in PGO_CI_OUT"
}

make_out() {
    if [ -z "$out" ]; then
        out=$(mktemp -d "${TMPDIR:-/tmp}/pgo-refresh.XXXXXX") || die 1 "no folder for the results"
    fi
    mkdir -p -- "$out" 2>/dev/null
    [ -w "$out" ] || die 1 "PGO_CI_OUT: $out: cannot be written"
    out=$(cd -- "$out" && pwd -P) || die 1 "PGO_CI_OUT: $out: cannot be entered"
    [ "$out" != "${profile%/*}" ] || die 2 "PGO_CI_OUT: $out is the folder of the profile"
    work=$out/pgo-refresh.work
    rm -rf -- "$work"
    (cd -- "$out" && rm -f -- default.pgo refresh.md refresh.json commit.txt)
    mkdir -- "$work" || die 1 "$work: cannot be made"
}

# run TOOL ARGUMENT...: its words on standard error, and in work/said
run() {
    "$@" 2>"$work/said" </dev/null
    code=$?
    cat -- "$work/said" >&2
    [ $code = 0 ] || die 1 "$(sed -n '1s/^[a-z-]*: //p' "$work/said")" "${profile##*/} is as it was"
}

# get_profiles: all sources added up, in work/merged.pprof
get_profiles() {
    set --
    urls=0
    while IFS= read -r line <&3; do
        case $line in
        *://*) set -- "$@" "$line" && urls=$((urls + 1)) ;;
        esac
    done 3<<END
$sources
END
    [ $urls = 0 ] || fetch "$@"
    set --
    [ $urls = 0 ] || set -- "$work/fetched.pprof"
    while IFS= read -r line <&3; do
        case $line in
        *://* | '') ;;
        /*) set -- "$@" "$line" ;;
        *) set -- "$@" "./$line" ;; # also if it starts with a dash
        esac
    done 3<<END
$sources
END
    say "merge"
    run pgo-collect merge --min-samples="$min_samples" -o "$work/merged.pprof" "$@"
}

# fetch URL...: into work/fetched.pprof
fetch() {
    say "fetch"
    [ -z "${PGO_CI_CACERT:-}" ] || set -- --cacert="$PGO_CI_CACERT" "$@"
    [ -z "${PGO_CI_BEARER_FILE:-}" ] || set -- --bearer-file="$PGO_CI_BEARER_FILE" "$@"
    [ -z "${PGO_CI_TO:-}" ] || set -- --to="$PGO_CI_TO" "$@"
    [ -z "${PGO_CI_FROM:-}" ] || set -- --from="$PGO_CI_FROM" "$@"
    [ -z "${PGO_CI_QUERY:-}" ] || set -- --query="$PGO_CI_QUERY" "$@"
    [ -z "${PGO_CI_SECONDS:-}" ] || set -- --seconds="$PGO_CI_SECONDS" "$@"
    run pgo-collect fetch -o "$work/fetched.pprof" "$@"
}

# convert: out/default.pgo, of the old profile as much as possible
convert() {
    say "convert"
    set -- "$work/merged.pprof"
    while IFS= read -r line <&3; do
        [ -z "$line" ] || set -- --binary="$line" "$@"
    done 3<<END
$binaries
END
    [ "$strict" = no ] || set -- --strict "$@"
    [ ! -s "$profile" ] || set -- --refresh="${profile#"$(pwd -P)"/}" "$@"
    run pgo-convert -o "$out/default.pgo" --report="$out/refresh.json" "$@"
    sed -n 's/^pgo-convert: //p' "$work/said" >"$work/converted"
}

# hot FILE: the functions that together make up 99% of the counts: percent of all, name
hot() {
    LC_ALL=C awk '
        /^[^ #].*:[0-9]+:[0-9]+$/ {
            count = split($0, parts, ":")
            name[++functions] = substr($0, 1, length($0) - length(parts[count]) - length(parts[count - 1]) - 2)
            total[functions] = parts[count - 1]
            all += parts[count - 1]
        }
        END {
            for (i = 1; i <= functions && sum < 0.99 * all; i++) { # they stand by total
                sum += total[i]
                printf "%.1f %s\n", 100 * total[i] / all, name[i]
            }
        }' "$1"
}

# list_new BEFORE NOW: of the functions of NOW those that BEFORE lacks, as a list of Markdown
list_new() {
    awk 'NR == FNR { known[$2]; next } !($2 in known)' "$1" "$2" >"$work/new"
    head -n 20 "$work/new" | while read -r share name; do
        printf -- '- %s%% %s\n' "$share" "$(markdown_code "$name")"
    done
    more=$(($(wc -l <"$work/new") - 20))
    [ $more -le 0 ] || printf -- '- and %d more\n' $more
    [ -s "$work/new" ] || echo "- none"
}

# slices FILE: source and slice of each file, as pgo-build cuts them for this project
slices() {
    export PGO_BUILD_CACHE="$work/cache.$1"
    pgo-build -pgo="$2" true >/dev/null 2>&1 || return
    cat -- "$PGO_BUILD_CACHE"/projects/*/slices/* 2>/dev/null |
        sed 's|\(.*\)\t.*/profiles/\([^/]*\)/[^/]*|\1\t\2|' | sort
}

# rebuilt: "3 of 40 source files ...", where pgo-build can tell
rebuilt() {
    slices old "$profile" >"$work/slices.old"
    slices new "$out/default.pgo" >"$work/slices.new"
    [ -s "$work/slices.old" ] || return
    changed=$(comm -13 "$work/slices.old" "$work/slices.new" | wc -l)
    printf -- '- %d of %d source files that the profile knows get another part of it, and will be compiled again\n' \
        "$changed" "$(wc -l <"$work/slices.new")"
}

recorded() { sed -n '/^[^#]/q;s/^#!pgo recorded //p' "$1"; }

# fit: how much of the new profile fits today's build
fit() {
    pgo-convert --binary="$built" -o /dev/null "$out/default.pgo" 2>"$work/said" ||
        die 1 "PGO_CI_BUILT: $(sed -n '1s/^[a-z-]*: //p' "$work/said")"
    sed -n '/against the binary/s/^pgo-convert: //p;/^pgo-convert: functions:/s/^pgo-convert: //p' "$work/said"
}

summarize() {
    hot "$out/default.pgo" >"$work/hot.new"
    {
        printf '## %s, refreshed\n\n' "$(markdown_code "${profile##*/}")"
        printf -- '- now: %s\n' "$(markdown_code "$(recorded "$out/default.pgo")")"
        if [ -s "$profile" ]; then
            printf -- '- before: %s\n' "$(markdown_code "$(recorded "$profile")")"
            rebuilt
        fi
        while IFS= read -r line; do
            printf -- '- %s\n' "$(visible "$line" | sed 's/[][`*_<>&|\\]/\\&/g')"
        done <"$work/converted"
        [ -z "$built" ] || fit | sed 's/^/- /'
        if [ -s "$profile" ]; then
            hot "$profile" >"$work/hot.old"
            printf '\n### Became hot\n\n'
            list_new "$work/hot.old" "$work/hot.new"
            printf '\n### Became cold\n\n'
            list_new "$work/hot.new" "$work/hot.old"
            printf '\nHot are the functions that together make up 99%% of the counts; beside them their share.\n'
        fi
    } >"$out/refresh.md"
    printf '%s: refresh\n\nFrom %s.\n' "${profile##*/}" "$(recorded "$out/default.pgo")" >"$out/commit.txt"
}

# apply: as one step, so that nobody finds half a profile
apply() {
    if [ "$apply" = no ]; then
        say "PGO_CI_APPLY=no: the result is $(visible "$out/default.pgo")"
        return
    fi
    temporary=$profile.$$.tmp
    if ! { cp -- "$out/default.pgo" "$temporary" && mv -f -- "$temporary" "$profile"; }; then
        rm -f -- "$temporary"
        die 1 "$profile: cannot be written"
    fi
    say "$(visible "$profile") is ready to be committed; $(visible "$out/refresh.md") says what changed"
}

# finish CODE: a result that did not pass is none
finish() {
    trap - EXIT
    [ -z "$work" ] || rm -rf -- "$work"
    [ "$1" = 0 ] || [ -z "$work" ] || (cd -- "$out" && rm -f -- default.pgo commit.txt)
    exit "$1"
}

case $#${1:-} in
0) ;;
1--help) help; exit 0 ;;
*) die 2 "unexpected argument: $1" "inputs are variables of the environment; $job --help lists them" ;;
esac
work=''
trap 'finish $?' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
read_inputs
find_tools pgo-collect pgo-convert pgo-build
make_out
get_profiles
convert
summarize
apply
