# The head of the text: samples, times and build ids of the inputs, in any order the same.
. "$SOURCE/tests/cli/pgo-convert/try"
# recording FILE BUILD_ID SAMPLES [TIME_NS DURATION_NS]
recording() {
    {
        head_of_pprof
        [ $# -lt 5 ] || printf 'time %s %s\n' "$4" "$5"
        printf 'mapping 400000 500000 0 %s /srv/app\nfunction f f 1 f.c\n' "$2"
        printf 'location 0 401000 0:2\nsample 0 %s\n' "$3"
    } | make_pprof >"$1"
}
recording monday 0a01 10 1763978400000000000 60000000000
recording tuesday 0a02 5 1764064800000000000 30000000000
recording timeless - 1
pgo-convert -o out monday tuesday@2 timeless 2>/dev/null
pgo-convert -o other timeless tuesday@2 monday 2>/dev/null
cat out
cmp out other
# a sample profile brings what it knows; a refresh tells of the new recording
pgo-convert out monday 2>/dev/null | grep -v '^ '
pgo-convert --refresh=out tuesday 2>/dev/null | grep -v -e '^ ' -e summary
# times that cannot be are not there
recording future 0a01 10 9223372036854775807 9223372036854775807
recording past 0a01 10 -5 60000000000
pgo-convert future 2>/dev/null | grep recorded
pgo-convert past 2>/dev/null | grep recorded
exit 0
