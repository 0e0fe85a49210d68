# pgo.bash - bash completion for pgo-build, pgo-collect, pgo-convert and pgo-bench.
#
# Source it, or let the installed copy be loaded. Needs nothing but bash 4.4; with the package
# bash-completion, the command behind pgo-build is completed by that command's own rules.
# docs/check-help checks that the options here are those of --help.

# The option whose value stands at the cursor in $_pgo_option (empty: none), and what is typed of
# it in $_pgo_current. Bash makes three words of --name=value.
_pgo_look() {
    _pgo_current=${COMP_WORDS[COMP_CWORD]} _pgo_option=
    local previous=
    ((COMP_CWORD == 0)) || previous=${COMP_WORDS[COMP_CWORD - 1]}
    if [[ $_pgo_current == = ]]; then
        _pgo_option=$previous _pgo_current=
    elif [[ $previous == = ]] && ((COMP_CWORD > 1)); then
        _pgo_option=${COMP_WORDS[COMP_CWORD - 2]}
    elif [[ $previous == -* && $previous != -- ]]; then
        _pgo_option=$previous
    fi
}

# _pgo_reply WORDS: those that start with what is typed. No space behind --name=.
_pgo_reply() {
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$_pgo_current")
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

# Nothing to propose, not even files.
_pgo_silence() {
    compopt +o default +o bashdefault 2>/dev/null
}

# The options that are proposed where a word starts with '-'.
_pgo_convert_options='-o --binary= --count= --debug-dir= --format= --input= --label= --refresh= --report=
    --sample-type= --strict --help --version'
_pgo_build_options='-pgo= -probes= -slices= -n -v -report= --help --version'
_pgo_collect_options='--help --version'
_pgo_record_options='-F -d -p -a -o -f --call-graph= --help --version'
_pgo_fetch_options='--seconds= --query= --from= --to= -H --bearer-file= --user-file= --cacert= --cert=
    --key= --unix-socket= --timeout= --retries= --max-size= --min-samples= --min-own= --program= --strict -o -f
    --help --version'
_pgo_import_options='--event= --pid= --comm= --kernel --drop-branches --binary= --debug-dir=
    -o -f --help --version'
_pgo_merge_options='--normalize= --label= --min-samples= --min-own= --program= -o -f --help --version'
_pgo_show_options='--top --by= --flame= --report= --diff= --label= --help --version'
_pgo_bench_options='--base= --test= -n --no-early-stop --seed= --warmup= --cpu= --gate= --check-output --mode= --timeout= --json=
    --markdown= --html= --go= --report= --help --version'

_pgo_convert() {
    local _pgo_current _pgo_option
    COMPREPLY=()
    _pgo_look
    case $_pgo_option in
    --count) _pgo_reply 'flow block max sum' ;;
    --format) _pgo_reply 'text extbinary' ;;
    --input) _pgo_reply 'auto counts' ;;
    --sample-type) _pgo_reply 'samples cpu' ;;
    -o | --binary | --debug-dir | --refresh | --report) ;; # files
    *) [[ $_pgo_current != -* ]] || _pgo_reply "$_pgo_convert_options" ;;
    esac
}

# Where the command of pgo-build begins; the number of words if it does not. Which tasks may still
# be named, and the options that may stand there: "verify" has some, and those may follow it.
_pgo_build_command() {
    local i=1 word
    _pgo_tasks='doctor status verify' _pgo_dashed=$_pgo_build_options
    while ((i < ${#COMP_WORDS[@]})); do
        word=${COMP_WORDS[i]}
        case $word in
        --) i=$((i + 1)) && break ;;
        -pgo | --pgo | -probes | --probes | -slices | --slices | -report | --report)
            i=$((i + 1)) # its value is the next word, or behind a word '='
            [[ ${COMP_WORDS[i]-} != = ]] || i=$((i + 1))
            ;;
        -*) ;;
        verify)
            if ((i >= COMP_CWORD)) || [[ ! $_pgo_tasks ]]; then break; fi
            _pgo_tasks='' _pgo_dashed='-pgo= -probes='
            ;;
        *) break ;;
        esac
        i=$((i + 1))
    done
    _pgo_command_at=$i
}

_pgo_build() {
    local _pgo_current _pgo_option _pgo_command_at _pgo_tasks _pgo_dashed
    COMPREPLY=()
    _pgo_build_command
    if ((COMP_CWORD > _pgo_command_at)); then
        case ${COMP_WORDS[_pgo_command_at]} in
        status) return ;; # files
        doctor)
            _pgo_silence
            return
            ;;
        esac
        # else the default: files
        if declare -F _command_offset >/dev/null; then _command_offset "$_pgo_command_at"; fi
        return
    fi
    _pgo_look
    case $_pgo_option in
    -pgo | --pgo)
        _pgo_reply 'auto off'
        mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$_pgo_current")
        compopt -o filenames 2>/dev/null
        ;;
    -probes | --probes | -slices | --slices) _pgo_reply 'auto on off' ;;
    -report | --report) ;; # files
    *)
        case $_pgo_current in
        --*)
            if [[ $_pgo_tasks ]]; then
                _pgo_reply '--pgo= --probes= --slices= --report= --help --version'
            else
                _pgo_reply '--pgo= --probes='
            fi
            ;;
        -*) _pgo_reply "$_pgo_dashed" ;;
        *) mapfile -t COMPREPLY < <(compgen -c -W "$_pgo_tasks" -- "$_pgo_current") ;;
        esac
        ;;
    esac
}

_pgo_processes() {
    local folder
    for folder in /proc/[0-9]*; do echo "${folder#/proc/}"; done
}

_pgo_record() {
    case $_pgo_option in
    -F) _pgo_reply '999 4999' ;;
    -d) _pgo_silence ;;
    -p) _pgo_reply "$(_pgo_processes)" ;;
    --call-graph) _pgo_reply 'fp dwarf none' ;;
    -o) ;; # files
    *) [[ $_pgo_current != -* ]] || _pgo_reply "$_pgo_record_options" ;;
    esac
}

_pgo_fetch() {
    case $_pgo_option in
    --seconds) _pgo_reply '30 60 300' ;;
    --from | --to) _pgo_reply 'now now-1h now-1d now-7d' ;;
    --query | -H | --timeout | --retries | --max-size | --min-samples | --min-own | --program) _pgo_silence ;;
    --bearer-file | --user-file | --cacert | --cert | --key | --unix-socket | -o) ;; # files
    *)
        case $_pgo_current in
        -*) _pgo_reply "$_pgo_fetch_options" ;;
        *) _pgo_reply '127.0.0.1:6060 http:// https:// pyroscope+http:// parca+http://' ;;
        esac
        ;;
    esac
}

_pgo_import() {
    case $_pgo_option in
    --event) _pgo_reply 'cycles cpu-clock task-clock instructions' ;;
    --pid | --comm) _pgo_silence ;;
    --binary | --debug-dir | -o) ;; # files
    *) [[ $_pgo_current != -* ]] || _pgo_reply "$_pgo_import_options" ;;
    esac
}

_pgo_merge() {
    case $_pgo_option in
    --normalize) _pgo_reply 'none duration' ;;
    --label | --min-samples | --min-own | --program) _pgo_silence ;;
    -o) ;; # files
    *) [[ $_pgo_current != -* ]] || _pgo_reply "$_pgo_merge_options" ;;
    esac
}

_pgo_show() {
    case $_pgo_option in
    --by) _pgo_reply 'function line file label' ;;
    --top | --label) _pgo_silence ;;
    --flame | --report | --diff) ;; # files
    *) [[ $_pgo_current != -* ]] || _pgo_reply "$_pgo_show_options" ;;
    esac
}

_pgo_collect() {
    local _pgo_current _pgo_option i
    COMPREPLY=()
    for ((i = 2; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} == -- ]]; then # the command to record
            if ((COMP_CWORD == i + 1)); then
                mapfile -t COMPREPLY < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}")
            elif declare -F _command_offset >/dev/null; then
                _command_offset $((i + 1))
            fi
            return
        fi
    done
    _pgo_look
    if ((COMP_CWORD == 1)); then
        _pgo_reply "record import fetch merge show $_pgo_collect_options"
    elif [[ ${COMP_WORDS[1]} == fetch ]]; then
        _pgo_fetch
    elif [[ ${COMP_WORDS[1]} == import ]]; then
        _pgo_import
    elif [[ ${COMP_WORDS[1]} == record ]]; then
        _pgo_record
    elif [[ ${COMP_WORDS[1]} == merge ]]; then
        _pgo_merge
    elif [[ ${COMP_WORDS[1]} == show ]]; then
        _pgo_show
    fi
}

_pgo_bench() {
    local _pgo_current _pgo_option
    COMPREPLY=()
    _pgo_look
    case $_pgo_option in
    --mode) _pgo_reply 'clock instructions' ;;
    --cpu) _pgo_reply 'auto none' ;;
    -n | --seed | --warmup | --gate | --timeout) _pgo_silence ;;
    --base | --test | --json | --markdown | --html | --go | --report) ;; # files
    *) [[ $_pgo_current != -* ]] || _pgo_reply "$_pgo_bench_options" ;;
    esac
}

complete -o bashdefault -o default -F _pgo_convert pgo-convert
complete -o bashdefault -o default -F _pgo_build pgo-build
complete -o bashdefault -o default -F _pgo_collect pgo-collect
complete -o bashdefault -o default -F _pgo_bench pgo-bench
