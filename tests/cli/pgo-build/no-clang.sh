. "$(dirname "$0")/tools"
mkdir less && "$ln" -s "$PWD/tools/sh" "$PWD/tools/pgo-build" less/
PATH=$PWD/less
pgo-build sh -c 'echo it ran'; echo $?
pgo-build -pgo=off sh -c 'echo without a profile it runs'; echo $?
CC=gcc pgo-build sh -c 'echo with a compiler of its own too'; echo $?
