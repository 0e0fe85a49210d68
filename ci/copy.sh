# shellcheck shell=sh disable=SC2154
# copy.sh: copies of a project, to build in; sourced by compare.sh.
#
#   $root   the project       $below   the folder in it where the job starts, relative; may be empty
#   $out    the folder of the report, never copied     $trees   where the copies lie
#   $copy   tracked or all (PGO_CI_COPY)

# shellcheck disable=SC2016 # the shells below expand these
print_existing='for file; do if [ -e "$file" ] || [ -L "$file" ]; then printf "%s\0" "$file"; fi; done'
# shellcheck disable=SC2016
mark_projects='for git; do
    cd -- "$0/${git%/.git}" 2>/dev/null || continue
    [ -e .git ] || mkdir .git
done'

# list_files: of the project, relative to its root, each with a NUL behind it. The folder of the
# report is not one of them.
list_files() {
    # with a .git that is none, git would answer for a project around this one
    if [ "$copy" = tracked ] && [ "$(project_git rev-parse --show-toplevel 2>&1)" = "$root" ]; then
        # deleted ones are known to git, too; of submodules, what they track
        { project_git ls-files -z -c --recurse-submodules &&
            project_git ls-files -z -o --exclude-standard; } |
            (cd -- "$root" && xargs -0 -r sh -c "$print_existing" sh)
    elif [ "$copy" = all ]; then
        (cd -- "$root" && find . -mindepth 1 -maxdepth 1 -print0)
    else
        (cd -- "$root" && find . -mindepth 1 -maxdepth 1 ! -name .git -print0)
    fi
}

# The checkout may be another user's. Its own settings must not start a program here.
project_git() {
    GIT_OPTIONAL_LOCKS=0 git -C "$root" -c safe.directory='*' -c core.fsmonitor=false "$@"
}

# copy_tree NAME: the project, as a project of its own, that is without what lies around it
copy_tree() {
    mkdir -- "$trees/$1" || die 1 "$trees/$1: cannot be made"
    excluded=
    case $out in
    "$root"/*) excluded=./${out#"$root"/} ;;
    esac
    list_files >"$trees/files"
    [ -s "$trees/files" ] || die 1 "$root: no file to copy" "PGO_CI_COPY=all takes all there is"
    # --exclude without wildcards: a path, and what is below it; with and without ./
    {
        tar -C "$root" --no-wildcards --anchored ${excluded:+--exclude="$excluded"} \
            ${excluded:+--exclude="${excluded#./}"} --null --no-unquote -cf - -T "$trees/files" ||
            : >"$trees/failed"
    } | tar -C "$trees/$1" -xof - || : >"$trees/failed"
    [ ! -e "$trees/failed" ] || die 1 "$root: cannot be copied to $trees/$1"
    chmod -R u+w -- "$trees/$1"
    # where a project begins, also one within this one, says .git
    (cd -- "$root" && find . -name .git -prune -print0 | xargs -0 -r sh -c "$mark_projects" "$trees/$1")
    [ -e "$trees/$1/.git" ] || mkdir -- "$trees/$1/.git" || exit 1
    [ -d "$trees/$1/$below" ] || die 1 "$start is not in the copy: git ignores it" "set PGO_CI_COPY=all"
}
