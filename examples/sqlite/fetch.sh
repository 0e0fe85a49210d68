#!/bin/sh
# Puts sqlite3.c and sqlite3.h into the folder DIR.
#
#     ./fetch.sh DIR
#
# They come out of the npm package better-sqlite3, which carries SQLite's amalgamation: a fixed
# version, of which nothing is unpacked before its checksum is right. The package is kept in
# ${XDG_CACHE_HOME:-~/.cache}/pgo-examples, so the network is needed once.
#
#     SQLITE_SRC=/path/to/folder    take sqlite3.c and sqlite3.h from there instead
set -eu

package=better-sqlite3
version=12.11.1
sha512=76af40b40a608393c616d0733c54819771d94231e893981a40233ace1d989346\
929830acd426e7548f3f1e001242434ab16169b1e20ef5b7a0e71c696216c87c
tarball=$package-$version.tgz
override='set SQLITE_SRC to a folder that has sqlite3.c and sqlite3.h'

die() {
    printf 'fetch.sh: %s\nhint: %s\n' "$1" "$2" >&2
    exit 1
}

is_genuine() {
    echo "$sha512  $1" | sha512sum -c --status - 2>/dev/null
}

# npm runs in $work: a package.json or .npmrc beside this script is none of its business.
download() {
    command -v npm >/dev/null ||
        die 'npm: not found; the source of SQLite comes out of an npm package' \
            "install npm (Debian: apt-get install npm), or $override"
    echo "fetch.sh: fetching $package $version with npm" >&2
    if ! (cd "$work" && npm pack --silent --ignore-scripts --no-update-notifier \
        --fetch-retries=1 --fetch-retry-mintimeout=1000 "$package@$version" >npm.out); then
        die "npm: could not fetch $package $version" \
            "check the network with 'npm ping', or $override"
    fi
    is_genuine "$work/$tarball" ||
        die "$tarball: its SHA-512 is not the expected one; it was thrown away" \
            "try again, or $override"
}

# Without a cache the next time needs the network again; that is no reason to fail now.
keep() {
    [ -n "$cache" ] || return 0
    { mkdir -p "$cache" && cp "$work/$tarball" "$cache/.$tarball.$$" &&
        mv "$cache/.$tarball.$$" "$cache/$tarball"; } || {
        rm -f "$cache/.$tarball.$$"
        echo "fetch.sh: warning: $cache: the package could not be kept there" >&2
    }
}

# Fills $work with the two files.
from_package() {
    cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
    cache=${cache:+$cache/pgo-examples}
    if [ -n "$cache" ] && is_genuine "$cache/$tarball"; then
        cp "$cache/$tarball" "$work/$tarball"
    else
        download
        keep
    fi
    tar -xzf "$work/$tarball" -C "$work" --strip-components=3 --no-same-owner -m \
        package/deps/sqlite3/sqlite3.c package/deps/sqlite3/sqlite3.h ||
        die "$tarball: could not be unpacked" 'is the disk full?'
}

from_folder() {
    for file in sqlite3.c sqlite3.h; do
        cp "$SQLITE_SRC/$file" "$work/$file" ||
            die "$SQLITE_SRC/$file: could not be copied" "unset SQLITE_SRC, or $override"
    done
}

if [ $# -ne 1 ] || [ "${1#-}" != "$1" ] || [ -z "$1" ]; then
    echo 'usage: fetch.sh DIR' >&2
    exit 2
fi
dir=$1

# Everything happens in a folder beside the result; renaming is the last step, so what breaks
# before leaves nothing.
work=
trap '[ -z "$work" ] || rm -rf "$work"; [ -z "${cache-}" ] || rm -f "$cache/.$tarball.$$"
    rmdir "$dir" 2>/dev/null || :' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -p "$dir" || die "$dir: could not be made" 'name a folder that can be written to'
work=$(mktemp -d "$dir/.fetch.XXXXXX") ||
    die "$dir: could not be written to" 'name a folder that can be written to'

if [ -n "${SQLITE_SRC-}" ]; then
    from_folder
else
    from_package
fi
# The header first: who sees the new sqlite3.c sees its header as well.
mv "$work/sqlite3.h" "$dir/sqlite3.h"
mv "$work/sqlite3.c" "$dir/sqlite3.c"
