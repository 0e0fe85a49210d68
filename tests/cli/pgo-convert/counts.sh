# --input=counts: lines of "VADDR COUNT", taken as they are.
. "$SOURCE/tests/cli/pgo-convert/try"
compile app -g1 -fdebug-info-for-profiling
sample_hot app 1000 >good
try --input=counts --binary=app good >out
grep '^hot:' out
try --input=counts --binary=app good@3 >out
grep '^hot:' out
try --input=counts --binary=app good good >out
grep '^hot:' out
{ sort -r good; echo; sed 's/^0*/0x/' good | tr 'a-f' 'A-F' | sed 's/0X/0x/'; } >mixed
try --input=counts --binary=app mixed >out
grep '^hot:' out
rm out

bad() {
    printf '%b' "$1" >bad
    try -o out --input=counts --binary=app bad
}
bad '1130'
bad '1130 5\n1134'
bad '1130 5\n\nhot 5\n'
bad '1130 -5\n'
bad '1130 5 6\n'
bad ' 1130 5\n'
bad '1130  5\n'
bad '1130 99999999999999999999\n'
bad '11300000000000000000000 5\n'
bad '1130 5\r\n'
bad '1130\0 5\n'
bad '1130 0000000000000000000000000000000000000000000000000000000000000000000005\n'
bad ''
bad '\n\n'
bad '1130 0\n'
bad 'fffffffffffffff0 5\n'
try --input=counts --binary=app good - <bad | grep '^hot:'
try -o out --input=counts --binary=app missing
try -o out --input=counts good
absent out
