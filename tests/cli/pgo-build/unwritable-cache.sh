. "$(dirname "$0")/tools"
echo >file
PGO_BUILD_CACHE=$PWD/file/cache pgo-build sh -c 'echo it ran'
