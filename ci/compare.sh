#!/bin/sh
# compare.sh: a CI job: what does the profile bring? --help says all; docs/ci.md has the steps.
#
# The project is copied twice, built without the profile and with it, and pgo-bench compares the
# two. The stages stand at the end of this file.
# shellcheck disable=SC2317 # finish(), and what it calls, is a trap's
set -u
umask 022
job=compare.sh
here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
# shellcheck source=ci/job.sh
. "$here/job.sh"
# shellcheck source=ci/copy.sh
. "$here/copy.sh"

help() {
    cat <<'END'
usage: ci/compare.sh [--help]          in the folder of the project that is to be built

Builds the project without its profile and with it, lets pgo-bench compare the two, and writes a
report. Nothing in the project is changed: two copies are built. Fails if something does not work,
and for the verdict only by the gate that you set.

Inputs, by the environment:
  PGO_CI_BUILD         the build, a command for sh -c; runs below pgo-build      (make)
  PGO_CI_PROGRAM       the program that it makes; a path from this folder        (needed)
  PGO_CI_BENCHMARK     what is measured, run without a shell: {} is the program,
                       {tree} this folder in the copy. A line each, if several   ({})
  PGO_CI_CONFIGURE     a command for sh -c before the build, not timed           (none)
  PGO_CI_PROFILE       auto: default.pgo as pgo-build finds it; or a file        (auto)
  PGO_CI_GATE          percent that the build with the profile may be slower     (no gate)
  PGO_CI_PAIRS         the most pairs of runs, 11 to 500                         (60)
  PGO_CI_CHECK_OUTPUT  yes: both builds must print the same                      (no)
  PGO_CI_MODE          clock, or instructions: an estimate, by valgrind          (clock)
  PGO_CI_TIMEOUT       seconds that one run may take                             (600)
  PGO_CI_COPY          tracked: files that git has or would add; all: with those
                       that it ignores, and .git; without git all but .git       (tracked)
  PGO_CI_COLD          yes: build as if no compiler cache had anything           (no)
  PGO_CI_FLAMES        no: the pages are without flame graphs of both builds,
                       which take one run more of each                           (yes)
  PGO_CI_OUT           folder for the report; made if needed     (a new one in $TMPDIR)
  PGO_CI_KEEP          yes: the two copies stay, in OUT/pgo-compare.trees        (no)

In OUT then lie report.md (for a job's summary or a comment), report.json, build-facts.json, and
for each benchmark N benchmark-N.html, a page with every run, benchmark-N.md and benchmark-N.json, and
flame-N-*: recordings and their flame graphs; of each build its log and its report.
After a failure they hold what there is, marked partial.

Exit code: 0 done; 1 a build or a benchmark failed; 2 wrong input; 3 no verdict is possible;
4 slower than the gate allows.

Examples:
  PGO_CI_PROGRAM=hello ci/compare.sh
  PGO_CI_BUILD='make -j4' PGO_CI_PROGRAM=app PGO_CI_BENCHMARK='{} --replay data/day.log' \
      PGO_CI_GATE=1 PGO_CI_OUT=pgo-report ci/compare.sh
  PGO_CI_CONFIGURE='cmake -S . -B build -DCMAKE_BUILD_TYPE=Release' \
      PGO_CI_BUILD='cmake --build build' PGO_CI_PROGRAM=build/app ci/compare.sh
  PGO_CI_PROGRAM=app PGO_CI_BENCHMARK='sh -c '\''exec "$0" <input'\'' {}' ci/compare.sh
END
}

read_inputs() {
    check_names
    # an empty value is a default: CI templates pass on what nobody has set
    build=${PGO_CI_BUILD:-make} configure=${PGO_CI_CONFIGURE:-} program=${PGO_CI_PROGRAM:-}
    benchmark=${PGO_CI_BENCHMARK:-'{}'} profile=${PGO_CI_PROFILE:-auto} gate=${PGO_CI_GATE:-}
    pairs=${PGO_CI_PAIRS:-} check_output=${PGO_CI_CHECK_OUTPUT:-no} mode=${PGO_CI_MODE:-clock}
    timeout=${PGO_CI_TIMEOUT:-} copy=${PGO_CI_COPY:-tracked} cold=${PGO_CI_COLD:-no}
    out=${PGO_CI_OUT:-} keep=${PGO_CI_KEEP:-no} flames=${PGO_CI_FLAMES:-yes}

    [ -n "$program" ] || die 2 "PGO_CI_PROGRAM is missing" \
        "name what the build makes, for instance PGO_CI_PROGRAM=build/app"
    case $program in
    /*) die 2 "PGO_CI_PROGRAM: $program is absolute" \
        "give the path from this folder: each copy has its own program" ;;
    esac
    case $benchmark in
    *'{}'* | *'{tree}'*) ;;
    *) die 2 "PGO_CI_BENCHMARK has neither {} nor {tree}: it would not run what was built" \
        "write {} where the program stands: '{} ARGUMENT'" ;;
    esac
    check_number PGO_CI_GATE "$gate"
    check_number PGO_CI_PAIRS "$pairs"
    check_number PGO_CI_TIMEOUT "$timeout"
    check_choice PGO_CI_CHECK_OUTPUT "$check_output" yes no
    check_choice PGO_CI_MODE "$mode" clock instructions
    check_choice PGO_CI_COPY "$copy" tracked all
    check_choice PGO_CI_COLD "$cold" yes no
    check_choice PGO_CI_KEEP "$keep" yes no
    check_choice PGO_CI_FLAMES "$flames" yes no
    [ "$profile" = auto ] || [ -f "$profile" ] || die 2 "PGO_CI_PROFILE: $profile: no such file"
    case $profile in
    auto | /*) ;;
    *) profile=$start/$profile ;;
    esac
}

# The folder of the report, and where the copies lie below it. Results of before go first.
make_out() {
    if [ -z "$out" ]; then
        out=$(mktemp -d "${TMPDIR:-/tmp}/pgo-report.XXXXXX") || die 1 "no folder for the report"
    fi
    mkdir -p -- "$out" 2>/dev/null
    [ -w "$out" ] || die 1 "PGO_CI_OUT: $out: cannot be written"
    out=$(cd -- "$out" && pwd -P) || die 1 "PGO_CI_OUT: $out: cannot be entered"
    case $root/ in
    "$out"/*) die 2 "PGO_CI_OUT: $out holds the project" "choose a folder in it, or elsewhere" ;;
    esac
    trees=$out/pgo-compare.trees
    rm -rf -- "$trees"
    (cd -- "$out" && rm -f -- report.md report.json build-facts.json benchmark-[0-9]*.* flame-*.* \
        build-base.* build-test.* build-warm.*)
    mkdir -- "$trees" || die 1 "$trees: cannot be made"
    started=yes
    if [ ! -w "${HOME:-/}" ]; then # pgo-build and ccache keep theirs at home, unless told
        export PGO_BUILD_CACHE="${PGO_BUILD_CACHE:-$trees/cache}" CCACHE_DIR="${CCACHE_DIR:-$trees/ccache}"
    fi
}

# run_build LABEL TREE SELECTION COMMAND: its log and report are OUT/build-LABEL.*
run_build() {
    (cd -- "$trees/$2/$below" && exec pgo-build -pgo="$3" -report="$out/build-$1.json" -- \
        sh -c "$4") >>"$out/build-$1.log" 2>&1 </dev/null && return
    code=$?
    tail -n 30 -- "$out/build-$1.log" >&2
    die 1 "the build failed with exit code $code: $4" "all that it said is in $out/build-$1.log"
}

# build_tree LABEL TREE SELECTION: the build in a copy, and its facts
build_tree() {
    copy_tree "$2"
    : >"$out/build-$1.log"
    [ -z "$configure" ] || run_build "$1" "$2" "$3" "$configure"
    from=$(clock)
    times >"$trees/times"
    run_build "$1" "$2" "$3" "$build"
    times >>"$trees/times"
    wall=$(seconds $(($(clock) - from)))
    tail -n 1 -- "$out/build-$1.log" >&2
    made=$trees/$2/$below/$program
    [ -f "$made" ] || die 1 "the build made no $program" \
        "PGO_CI_PROGRAM is the path of the program from the folder where the job starts"
    add_facts "$1"
}

# cpu_seconds FILE: what children took between two outputs of times, user and system
cpu_seconds() {
    awk 'NR % 2 == 0 {
        sum = 0
        for (i = 1; i <= NF; i++) {
            split($i, parts, /[ms]/)
            sum += 60 * parts[1] + parts[2]
        }
        taken = sum - before
        before = sum
    } END { printf "%.2f", taken }' "$1"
}

# text_bytes FILE: of its section .text; nothing if it is no ELF file or there is no tool
text_bytes() {
    for tool in size llvm-size-22 llvm-size llvm-size-19; do
        command -v $tool >/dev/null || continue
        $tool -A "$1" 2>/dev/null | awk '$1 == ".text" { print $2; exit }'
        return
    done
}

# add_facts LABEL: one of builds[] in the build facts (docs/formats.md), and a row of the report's
# table
add_facts() {
    report=$out/build-$1.json
    compiles=$(report_number "$report" total)
    hits=$(report_number "$report" cache_hits) misses=$(report_number "$report" cache_misses)
    bytes=$(($(wc -c <"$made"))) text=$(text_bytes "$made") cpu=$(cpu_seconds "$trees/times")
    builds="$builds${builds:+,
}{\"name\": \"$(build_name "$1")\", \"wall_s\": $wall, \"cpu_s\": $cpu, \
\"compiles\": ${compiles:-0}, \"cache_hits\": ${hits:-0}, \"cache_misses\": ${misses:-0}, \
\"binary_bytes\": $bytes${text:+, \"text_bytes\": $text}}"
    rows="$rows| $(build_name "$1") | $wall s | $cpu s | ${hits:-0} of ${compiles:-0} | $bytes | ${text:--} |
"
}

build_name() {
    case $1 in
    base) echo "plain" ;;
    test) echo "PGO" ;;
    warm) echo "PGO, warm cache" ;;
    esac
}

build_all() {
    [ "$cold" = no ] || export CCACHE_RECACHE=1
    say "build without the profile"
    build_tree base base off
    say "build with the profile"
    build_tree test test "$profile"
    [ "$(report_number "$out/build-test.json" with_profile)" -gt 0 ] ||
        die 1 "no compile got a profile, so there is nothing to compare" \
            "is there a default.pgo? what $out/build-test.log says comes from pgo-build"
    unset CCACHE_RECACHE
    # hits + misses of 0: no cache, and building once more would say nothing; or it was left out
    if [ "$cold" = yes ] || [ $(($(report_number "$out/build-test.json" cache_hits) + \
        $(report_number "$out/build-test.json" cache_misses))) -gt 0 ]; then
        say "build with the profile once more, now that the cache is warm"
        rm -rf -- "$trees/test"
        build_tree warm test "$profile"
    fi
}

# in_tree TREE COMMAND: COMMAND with {} and {tree} filled in, for pgo-bench, that splits words as a
# shell does. The paths of both builds have the same length, since that can change the speed.
in_tree() {
    TREE=$up$1${below:+/$below} PROGRAM=$program COMMAND=$2 LC_ALL=C awk '
        function quoted(text) {
            if (text !~ /[^A-Za-z0-9_\/.,=+:@-]/)
                return text
            gsub(/'\''/, "'\''\"'\''\"'\''", text)
            return "'\''" text "'\''"
        }
        BEGIN {
            rest = ENVIRON["COMMAND"]
            while (match(rest, /[{](tree)?[}]/)) {
                path = ENVIRON["TREE"] (RLENGTH == 2 ? "/" ENVIRON["PROGRAM"] : "")
                printf "%s%s", substr(rest, 1, RSTART - 1), quoted(path)
                rest = substr(rest, RSTART + RLENGTH)
            }
            printf "%s", rest
        }'
}

# record NUMBER TREE COMMAND: one run of it as OUT/flame-NUMBER-TREE.pprof. The words of the command
# are told apart by xargs, which knows quotes as pgo-bench does, and expands nothing.
record() {
    in_tree "$2" "$3" >"$trees/words"
    (cd -- "$trees/base/$below" && exec xargs -a "$trees/words" \
        pgo-collect record -F 2000 -f -o "$out/flame-$1-$2.pprof" --) </dev/null >/dev/null
}

# show_flames NUMBER: the pages of both recordings and of their difference
show_flames() (
    cd -- "$out" &&
        pgo-collect show --flame="flame-$1-before.html" "flame-$1-base.pprof" &&
        pgo-collect show --flame="flame-$1-after.html" "flame-$1-test.pprof" &&
        pgo-collect show --flame="flame-$1-difference.html" --diff="flame-$1-base.pprof" \
            "flame-$1-test.pprof"
)

# make_flames NUMBER COMMAND: $pages for the facts. Where nothing may be sampled, or a run takes but
# a moment, there are none, and the log says why.
make_flames() {
    pages=
    [ "$flames" = yes ] && [ "$mode" = clock ] || return 0
    if { record "$1" base "$2" && record "$1" test "$2" && show_flames "$1"; } \
        >"$out/flame-$1.log" 2>&1; then
        pages="{\"name\": \"before\", \"file\": \"flame-$1-before.html\"},
 {\"name\": \"after\", \"file\": \"flame-$1-after.html\"},
 {\"name\": \"difference\", \"file\": \"flame-$1-difference.html\"}"
    else
        printf '%s: no flame graphs: see %s\n' "$job" "$(visible "$out/flame-$1.log")" >&2
    fi
}

# compare NUMBER COMMAND: one benchmark; leaves its verdict in $verdicts, and the job's exit code
compare() {
    say "benchmark $1: $(visible "$2")"
    set -- "$1" --base="$(in_tree base "$2")" --test="$(in_tree test "$2")" \
        --json="$out/benchmark-$1.json" --markdown="$out/benchmark-$1.md" \
        --html="$out/benchmark-$1.html" --mode="$mode" \
        --report="$out/build-facts.json" --report="$out/build-test.json"
    number=$1
    shift
    [ "$mode" = instructions ] || [ -z "$pairs" ] || set -- "$@" -n "$pairs"
    [ -z "$gate" ] || set -- "$@" --gate="$gate"
    [ -z "$timeout" ] || set -- "$@" --timeout="$timeout"
    [ "$check_output" = no ] || set -- "$@" --check-output
    (cd -- "$trees/base/$below" && exec pgo-bench "$@") </dev/null 2>"$trees/said"
    code=$?
    cat -- "$trees/said" >&2
    why="benchmark $number: $(sed -n '1s/^pgo-bench: //p' "$trees/said")"
    case $code in
    0) ;;
    2) die 2 "$why" "PGO_CI_BENCHMARK is run without a shell" ;;
    3) [ "$result" = 1 ] || result=3 ;;
    4) [ "$result" != 0 ] || result=4 ;;
    *) result=1 ;;
    esac
    [ "$code" = 0 ] || reason=$(visible "$why")
}

compare_all() {
    up=../ count=0 rest=$below
    while [ -n "$rest" ]; do
        up=../$up
        case $rest in
        */*) rest=${rest#*/} ;;
        *) rest= ;;
        esac
    done
    while IFS= read -r line <&3; do
        case $line in
        *[!\ \	]*)
            make_flames $((count = count + 1)) "$line"
            write_facts >"$out/build-facts.json"
            compare $count "$line"
            ;;
        esac
    done 3<<END
$benchmark
END
    [ $count -gt 0 ] || die 2 "PGO_CI_BENCHMARK has no command"
    pages= # each benchmark has its own
    [ "$result" = 1 ] || partial=false
}

write_markdown() {
    printf '## What the profile brings: %s\n\n' "$(markdown_code "$program")"
    [ "$partial" = false ] || printf '**Not complete:** %s\n\n' "$(markdown_code "${reason:-ended by a signal}")"
    number=1
    while [ -e "$out/benchmark-$number.json" ]; do
        [ ! -e "$out/benchmark-$number.md" ] || cat -- "$out/benchmark-$number.md"
        echo
        number=$((number + 1))
    done
    [ -z "$rows" ] || printf '### The builds\n\n%s\n%s\n%s\n' \
        '| build | wall time | CPU time | files from the cache | program, bytes | code, bytes |' \
        '|---|---:|---:|---:|---:|---:|' "$rows"
    [ -z "$gate" ] || printf 'Gate: at most %s%% slower.\n' "$gate"
}

# The build facts of docs/formats.md: for pgo-bench, and for whoever draws these over time.
write_facts() {
    tree=pgo-compare.trees commit=$(project_git rev-parse --short HEAD 2>/dev/null)
    printf '{"form": "pgo-bench facts 1", "title": %s,%s\n' "$(json_string "$program")" \
        "${commit:+ \"commit\": \"$commit\",}"
    printf '"base": {"label": "without the profile", "binary": %s},\n' \
        "$(json_string "$tree/base/${below:+$below/}$program")"
    printf '"test": {"label": "with the profile", "binary": %s},\n' \
        "$(json_string "$tree/test/${below:+$below/}$program")"
    printf '"builds": [%s]%s}\n' "$builds" "${pages:+,
\"flames\": [$pages]}"
}

write_json() {
    printf '{\n"tool": "compare.sh",\n"program": %s,\n"partial": %s,\n"exit_code": %d,\n' \
        "$(json_string "$program")" "$partial" "$1"
    printf '"reason": %s,\n"facts": ' "$(json_string "${reason:-}")"
    write_facts
    printf ',\n"benchmarks": ['
    number=1
    while [ -s "$out/benchmark-$number.json" ]; do
        [ "$number" = 1 ] || printf ',\n'
        cat -- "$out/benchmark-$number.json"
        number=$((number + 1))
    done
    printf ']\n}\n'
}

# finish CODE: the report of what there is, whatever ended the job
finish() {
    trap '' INT TERM HUP
    trap - EXIT
    if [ -n "$started" ]; then
        write_facts >"$out/build-facts.json"
        write_json "$1" >"$out/report.json"
        write_markdown >"$out/report.md"
        [ "$keep" = yes ] || rm -rf -- "$trees"
        printf '%s: the report is %s\n' "$job" "$(visible "$out/report.md")" >&2
    fi
    exit "$1"
}

case $#${1:-} in
0) ;;
1--help) help; exit 0 ;;
*) die 2 "unexpected argument: $1" "inputs are variables of the environment; $job --help lists them" ;;
esac
start=$(pwd -P) started='' partial=true builds='' rows='' pages='' result=0 reason='' keep=no
trap 'finish $?' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
find_root "$start"
below=${start#"$root"}
below=${below#/}
read_inputs
find_tools pgo-build pgo-convert pgo-bench
make_out
build_all
compare_all
exit $result
