# Names that would be read as something else: as a record of their own, a comment, a count.
. "$SOURCE/tests/cli/pgo-convert/try"
# profile NAME: one function of that name (in printf's escapes), with 7 samples; as protobuf bytes
profile() {
    # shellcheck disable=SC2059 # the bytes are the format
    bytes=$(printf "$1" | wc -c)
    printf '\012\004\010\001\020\002\062\000\062\001s\062\001c\062'
    # shellcheck disable=SC2059 # the bytes are the format
    printf "\\$(printf %03o "$bytes")$1"
    printf '\052\006\010\001\020\003\050\001\042\010\010\001\042\004\010\001\020\002'
    printf '\022\004\010\001\020\007'
}
profile 'good' >good
try good
i=0
for name in 'evil\nmain:9:9' '#comment' ' 1: 9' '9'; do
    i=$((i + 1))
    profile "$name" >bad$i
    try -o out bad$i
done
absent out
