. "$(dirname "$0")/tools"
pgo-build frobnicate; echo $?
pgo-build ./frobnicate; echo $?
echo text >file
pgo-build ./file; echo $?
