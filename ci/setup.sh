#!/bin/sh
# setup.sh: installs what is missing of ci/packages, and says first what and how much that is.
#
# usage: ci/setup.sh [GROUP]...     (groups: build loop example test; default: all)
#
# Needs root or sudo only if something is missing; a second run takes a fraction of a second.
set -eu
here=$(dirname "$0")
groups=${*:-build loop example test}

# A package whose program is there, wherever it came from, counts as installed; npm only fetches
# the source of SQLite.
provided() {
    case $1 in
    npm) command -v npm >/dev/null || [ -n "${SQLITE_SRC:-}" ] ;;
    git | valgrind | shellcheck | ccache | python3) command -v "$1" >/dev/null ;;
    golang-go) command -v go >/dev/null ;;
    *) return 1 ;;
    esac
}

missing=
for group in $groups; do
    # shellcheck disable=SC2013 # a package name is one word
    for package in $(sed -n "s/^$group  *//p" "$here/packages"); do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
            provided "$package" || missing="$missing $package"
    done
done
if [ -z "$missing" ]; then
    exit 0
fi

as_root=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "setup.sh: these Debian packages are missing:$missing" >&2
        echo "hint: run it as root, or install sudo" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "setup.sh: will install$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of package names
LC_ALL=C $as_root apt-get install --no-install-recommends --assume-no $missing 2>/dev/null |
    grep -E '^(Need to get|After this operation|[0-9]+ upgraded)' || true
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing \
    >/dev/null
echo "setup.sh: installed"
