# Code that belongs to no line: where samples are taken as they are, the report says what is lost.
. "$SOURCE/tests/cli/pgo-convert/try"
cat >zero.c <<'END_C'
extern volatile unsigned there;
volatile unsigned there;
#line 10
int main(void)
{
#line 0
    there += 3;
    there *= 5;
#line 14
    there ^= 7;
    return 0;
}
END_C
command -v clang-22 >/dev/null || { echo "skipped: no clang-22" >&2; exit 77; }
clang-22 -O2 -g1 -fdebug-info-for-profiling -c zero.c -o zero.o &&
    clang-22 -Wl,--build-id=0xc0ffee01 zero.o -o app || exit 1
nm -S app | python3 -c '
import subprocess, sys
start, size = next((int(w[0], 16), int(w[1], 16)) for w in (l.split() for l in sys.stdin)
                   if len(w) == 4 and w[3] == "main")
found = subprocess.run(["symbolize", "app"], capture_output=True, text=True,
                       input="\n".join(f"{v:x}" for v in range(start, start + size))).stdout
lines = {line.split()[1]: line.split()[0] for line in found.splitlines()}
print(lines["main:0"], 3)
print(lines["main:14"], 1)' >counts
{ head_of_pprof; echo "binary app 555555550000 counts"; } | make_pprof >a.pprof
try -o out --count=max --binary=app a.pprof
try -o out --count=sum --binary=app a.pprof
# the estimate counts them for their block
try -o out --binary=app a.pprof
