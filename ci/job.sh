# shellcheck shell=sh disable=SC2154
# job.sh: what compare.sh and refresh.sh share; sourced by them, with $job, the
# name they speak by, and $here, this folder.
#
# Inputs are the environment's PGO_CI_* and are data: they are never part of a shell's text, but
# for those that the help calls commands, which sh -c gets whole. What is shown of them has no
# control characters, and in Markdown and JSON no markup of its own.

# say WORDS...: progress, on standard error
say() { printf '==> %s\n' "$*" >&2; }

# visible TEXT: control characters as ?, so that no value makes a line or a colour of its own
visible() { printf '%s' "$1" | LC_ALL=C tr '\000-\037\177' '?'; }

# die CODE MESSAGE [HINT]: the job ends; $reason is for the report
die() {
    reason=$(visible "$2")
    printf '%s: %s\n' "$job" "$reason" >&2
    [ -z "${3:-}" ] || printf 'hint: %s\n' "$(visible "$3")" >&2
    exit "$1"
}

# Every input of either job: CI may set a variable for both.
known_names=" PGO_CI_OUT PGO_CI_PROFILE \
PGO_CI_BUILD PGO_CI_PROGRAM PGO_CI_BENCHMARK PGO_CI_CONFIGURE PGO_CI_GATE PGO_CI_PAIRS \
PGO_CI_CHECK_OUTPUT PGO_CI_MODE PGO_CI_TIMEOUT PGO_CI_COPY PGO_CI_COLD PGO_CI_KEEP PGO_CI_FLAMES \
PGO_CI_SOURCES PGO_CI_MIN_SAMPLES PGO_CI_STRICT PGO_CI_BINARIES PGO_CI_BUILT PGO_CI_SECONDS \
PGO_CI_QUERY PGO_CI_FROM PGO_CI_TO PGO_CI_BEARER_FILE PGO_CI_CACERT PGO_CI_APPLY "

# check_names: a variable that does not exist is a misspelt one, and would be ignored
check_names() {
    wrong=$(KNOWN=$known_names awk 'BEGIN {
        for (name in ENVIRON)
            if (name ~ /^PGO_CI_/ && !index(ENVIRON["KNOWN"], " " name " ")) {
                print name
                exit
            }
    }')
    [ -z "$wrong" ] || die 2 "$wrong: no such variable" "$job --help lists them"
}

# check_choice NAME VALUE CHOICE...
check_choice() {
    name=$1 value=$2
    shift 2
    for choice; do
        [ "$value" != "$choice" ] || return 0
    done
    die 2 "$name: found '$value', expected one of: $*"
}

# check_number NAME VALUE: a decimal number, or nothing
check_number() {
    case $2 in
    *[!0-9.]* | *.*.* | .) die 2 "$1: found '$2', expected a number" ;;
    esac
}

# find_tools TOOL...: on PATH, else those that were built in this checkout
find_tools() {
    for tool; do
        command -v "$tool" >/dev/null || {
            PATH=$here/../build/release/bin:$PATH
            export PATH
            break
        }
    done
    for tool; do
        command -v "$tool" >/dev/null || die 1 "$tool is not on PATH" \
            "build the tools: cmake --workflow --preset release, and put build/release/bin on PATH"
    done
}

# find_root FOLDER: the project's root as pgo-build finds it, the nearest .git, else FOLDER
find_root() {
    root=$1
    while [ ! -e "$root/.git" ]; do
        root=${root%/*}
        if [ -z "$root" ] || [ "$root" = "${HOME:-}" ]; then
            root=$1
            return
        fi
    done
}

# clock: hundredths of a second, of a clock that nobody sets
clock() {
    read -r up rest </proc/uptime
    : "$rest"
    printf '%s' "${up%.*}${up#*.}"
}

# seconds HUNDREDTHS
seconds() { printf '%d.%02d' $(($1 / 100)) $(($1 % 100)); }

# json_string TEXT: quoted; bytes that are no UTF-8 are left out
json_string() {
    printf '%s' "$1" | iconv -c -f UTF-8 -t UTF-8 | LC_ALL=C awk '
        BEGIN {
            for (i = 1; i < 32; i++)
                escape[sprintf("%c", i)] = sprintf("\\u%04x", i)
            escape["\""] = "\\\""
            escape["\\"] = "\\\\"
            printf "\""
        }
        NR > 1 { printf "\\n" }
        {
            for (i = 1; i <= length($0); i++) {
                c = substr($0, i, 1)
                printf "%s", c in escape ? escape[c] : c
            }
        }
        END { printf "\"" }'
}

# markdown_code TEXT: in <code>, with everything that could be markup as a character reference
markdown_code() {
    visible "$1" | LC_ALL=C awk '
        BEGIN {
            for (i = 33; i < 127; i++)
                if (sprintf("%c", i) !~ /[A-Za-z0-9\/.,=+:-]/)
                    escape[sprintf("%c", i)] = "&#" i ";"
            printf "<code>"
        }
        {
            for (i = 1; i <= length($0); i++) {
                c = substr($0, i, 1)
                printf "%s", c in escape ? escape[c] : c
            }
        }
        END { printf "</code>" }'
}

# report_number FILE KEY: a number of "compiles" in what pgo-build -report wrote; or nothing
report_number() {
    sed -n '/^  "compiles": /s/.*"'"$2"'": \([0-9][0-9]*\).*/\1/p' "$1" 2>/dev/null
}
