#!/bin/sh
# Branch records of a gzip run: the profile agrees with llvm-profgen's and create_llvm_prof's.
#
# usage: lbr.sh BIN_DIR SOURCE_DIR
#
# By function, line and call target. Discriminators are not compared: this gcc's are plain numbers,
# which ours takes as they are and both peers for LLVM's code, which they are not. Where the peers
# differ, and so from us:
#   llvm-profgen      raises the count of a line to the sum of its call targets. There is a branch
#                     more than there are ranges in each record, so that targets are 16/15 of what
#                     their lines count: ours leaves both as they were seen.
#   create_llvm_prof  (Debian's 0.19) has damaged names of inlined functions and targets, others
#                     each time, also with line breaks in them, and does not count calls from a
#                     function that it does not know: inflate. What it says of lines and heads is
#                     compared, but for these.
set -u
bin=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
fixture=$source/../shared/fixtures/lbr
export LC_ALL=C PATH="$bin:$PATH"

fail() { echo "FAILED: $*"; exit 1; }
[ -e "$fixture/gzip.bin" ] || { echo "skipped: the fixture lbr is not there"; exit 77; }
for tool in llvm-profgen-22 create_llvm_prof perf python3; do
    command -v $tool >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
cp "$fixture/gzip.bin" test.binary # the name that was recorded: both peers go by it
recording=$fixture/gzip.lbr.perf.data

cat >compare.py <<'END_PYTHON'
"""compare.py OURS THEIRS profgen|autofdo: prints what the rules above do not explain."""
import re
import sys

HEAD = re.compile(r"(\S.*):\d+:(\d+)", re.S)
LINE = re.compile(r"( +)(\d+)(?:\.\d+)?: (\d+)((?: .*:\d+)?)", re.S)
CALL = re.compile(r"( +)(\d+)(?:\.\d+)?: (.*):\d+", re.S)

def pieces(path):
    """The lines, in which a damaged name may have line breaks."""
    piece = ""
    with open(path, encoding="latin-1", newline="\n") as file:
        for text in file:
            piece += text
            if piece.startswith("#"):
                piece = ""
                continue
            stripped = piece.rstrip("\n")
            for form in (HEAD, LINE, CALL):
                match = form.fullmatch(stripped)
                if match:
                    yield form, match.groups()
                    piece = ""
                    break
    if piece:
        print(f"{path}: ends with {piece!r}")

def read(path):
    """{(function, inlined calls...): (head, {line: count}, {line: {target: count}})}"""
    records, stack = {}, []
    for form, groups in pieces(path):
        if form is HEAD:
            stack = [groups[0]]
            records[tuple(stack)] = (int(groups[1]), {}, {})
            continue
        del stack[len(groups[0]):]
        line = int(groups[1])
        if form is CALL:
            stack.append((line, groups[2]))
            records.setdefault(tuple(stack), (0, {}, {}))
            continue
        _, lines, targets = records[tuple(stack)]
        lines[line] = max(lines.get(line, 0), int(groups[2]))
        for word in groups[3].split():
            name, _, count = word.rpartition(":")
            targets.setdefault(line, {})
            targets[line][name] = targets[line].get(name, 0) + (int(count) if count.isdigit() else 0)
    return records

def nameless(records):
    """Inlined functions by line alone, and without targets."""
    return {(key[0],) + tuple(line for line, _ in key[1:]): (head, lines, {})
            for key, (head, lines, _) in records.items()}

def explained(line, ours, theirs, targets):
    called = sum(targets.get(line, {}).values())
    return ours == theirs or theirs == max(ours or 0, called)

ours, theirs, peer = read(sys.argv[1]), read(sys.argv[2]), sys.argv[3]
if peer == "autofdo":
    ours, theirs = nameless(ours), nameless(theirs)
    ours.pop(("inflate",))
    ours[("inflate_block",)] = (0,) + ours[("inflate_block",)][1:]
for key in sorted(set(ours) | set(theirs), key=str):
    head, lines, targets = ours.get(key, (None, {}, {}))
    their_head, their_lines, their_targets = theirs.get(key, (None, {}, {}))
    if (head, targets) != (their_head, their_targets):
        print(f"{key}: head or targets: {head} {targets}, {peer}: {their_head} {their_targets}")
    for line in sorted(set(lines) | set(their_lines)):
        if not explained(line, lines.get(line), their_lines.get(line), targets):
            print(f"{key}: line {line}: {lines.get(line)}, {peer}: {their_lines.get(line)}")
print(f"{peer}: {len(ours)} functions and inlined copies,",
      sum(len(lines) for _, lines, _ in ours.values()), "lines,",
      sum(lines[line] != theirs[key][1].get(line) for key, (_, lines, _) in ours.items()
          if key in theirs for line in lines), "of them raised to their targets")
END_PYTHON

pgo-convert --binary=test.binary -o ours "$recording" 2>messages || fail "$(cat messages)"
llvm-profgen-22 --perfdata="$recording" --binary=test.binary --output=profgen --format=text \
    2>messages || fail "$(cat messages)"
create_llvm_prof --binary=test.binary --profile="$recording" --out=autofdo --format=text \
    2>messages || fail "$(cat messages)"
{
    python3 compare.py ours profgen profgen
    python3 compare.py ours autofdo autofdo
} >compared
cat >expected <<'END'
profgen: 27 functions and inlined copies, 616 lines, 13 of them raised to their targets
autofdo: 26 functions and inlined copies, 605 lines, 0 of them raised to their targets
END
diff expected compared || fail "the profiles differ (< expected, > came)"
grep -v '^#' ours >records
sed 1q records | grep -q '^longest_match:[0-9]*:1548$' || fail "hottest: $(sed 1q records)"
sed -n 2p records | grep -qx ' 0: 2497' || fail "its first line: $(sed -n 2p records)"

# what llvm-profgen takes from the records is what ours takes: ranges and branches as text
llvm-profgen-22 --perfdata="$recording" --binary=test.binary --output=unsymbolized \
    --skip-symbolization 2>messages || fail "$(cat messages)"
pgo-convert --binary=test.binary -o from-text unsymbolized 2>messages || fail "$(cat messages)"
grep -v '^#!pgo recorded' ours >expected # a range is no sample
grep -v '^#!pgo recorded' from-text | cmp - expected ||
    fail "the unsymbolized profile of llvm-profgen gives another one"

# the binary under another name, from a pipe: the same, and a warning
cp test.binary gzip.bin
# shellcheck disable=SC2002 # a pipe, not a file
cat "$recording" | pgo-convert --binary=gzip.bin -o renamed - 2>messages || fail "$(cat messages)"
cmp ours renamed || fail "a renamed binary gives another profile"
grep -q 'warning: gzip.bin: taken for test.binary' messages || fail "$(cat messages)"

# cut short: an error, and no profile
head -c 1000000 "$recording" >short.data
pgo-convert --binary=test.binary -o none short.data 2>messages && fail "a file that was cut is read"
grep -q 'short.data: record at byte' messages || fail "$(cat messages)"
[ ! -e none ] || fail "a profile was written"
echo "the profiles agree"
