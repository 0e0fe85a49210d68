# References to what is not there, ids that are there twice, and the reserved id 0; as protobuf
# bytes, since our writer makes none of them.
. "$SOURCE/tests/cli/pgo-convert/try"
head='\012\004\010\001\020\002\062\000\062\001s\062\001c' # sample_type {1 2}, strings "", "s", "c"

# bad NAME BYTES: what follows the head
bad() {
    # shellcheck disable=SC2059 # the bytes are the format
    printf "$head$2" >"$1"
    try -o out "$1"
}
bad sample-without-location '\022\004\010\007\020\001'
bad location-without-mapping '\042\004\010\001\020\011'
bad location-without-function '\042\006\010\001\042\002\010\005'
bad function-without-string '\052\004\010\001\020\143'
bad mapping-without-string '\032\004\010\001\050\143'
bad type-without-string '\012\004\010\011\020\002'
bad comment-without-string '\152\001\143'
bad mapping-twice '\032\002\010\001\032\002\010\001'
bad function-twice '\052\002\010\001\052\002\010\001'
bad location-twice '\042\002\010\001\042\002\010\001'
bad location-0 '\042\002\020\001'
bad mapping-ends-before-start '\032\006\010\001\020\007\030\003'
bad two-values-of-one-type '\042\002\010\001\022\006\010\001\020\001\020\001'
bad no-value '\042\002\010\001\022\002\010\001'
bad length-beyond-the-end '\022\377\377\377\377\017\010\001'
absent out
