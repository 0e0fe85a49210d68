# --format=extbinary against llvm-profdata: it reads back what it reads of the text, and the summary
# that stands in the file is the one that it computes from the text.
. "$SOURCE/tests/cli/pgo-convert/try"
for version in 19 22; do
    command -v llvm-profdata-$version >/dev/null ||
        { echo "skipped: no llvm-profdata-$version" >&2; exit 77; }
done
cp "$SOURCE/examples/hello-pgo/default.pgo" line.pgo
cat >probe.pgo <<'END'
f.__uniq.9:25:3
 1: 10
 2: 4 g:3 h:1
 3: g:11
  1: 11
  7: h:0
   1: 0
   !CFGChecksum: 18446744073709551615
  !CFGChecksum: 8
 !CFGChecksum: 7
h:9223372036854775807:0
 65535: 9223372036854775807
 !CFGChecksum: 1
END
printf 'f:300:0\n 1: 100\n 2: 100\n 3: 100\n 4: 0\n' >equal.pgo
for profile in line probe equal; do
    pgo-convert -o $profile.text $profile.pgo 2>/dev/null || echo "$profile: no text"
    pgo-convert --format=extbinary -o $profile.binary $profile.pgo 2>/dev/null ||
        echo "$profile: no binary"
    for version in 19 22; do
        for form in text binary; do
            llvm-profdata-$version merge --sample --text $profile.$form -o $form.merged
            llvm-profdata-$version show --sample --detailed-summary $profile.$form |
                sed -n '/^Total/,$p' >$form.summary
        done
        cmp text.merged binary.merged
        cmp text.summary binary.summary
        [ "$(grep -c 'account for' binary.summary)" = 16 ] || echo "$profile: no summary"
    done
done
