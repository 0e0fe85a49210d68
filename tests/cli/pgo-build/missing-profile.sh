. "$(dirname "$0")/tools"
pgo-build -pgo=nowhere.pgo touch it-ran
code=$?
[ -e it-ran ] && echo "the command ran"
exit $code
