# an error before anything is compiled, with what is wrong and what to do
. "$(dirname "$0")/tools"
for content in 'no profile' 'PERFILE2.......' '\377lprofi\201'; do
    printf "$content" >default.pgo
    pgo-build touch it-ran
    echo $?
done
[ -e it-ran ] && echo "the command ran"
exit 0
