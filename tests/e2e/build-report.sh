#!/bin/sh
# The screen of a large build and its JSON, progress on a terminal, and a cache that was pruned.
# shellcheck disable=SC2015,SC2016 # "A && B || fail" is meant; make reads the $
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-22 python3 script

write_project p
cd p || exit 1
cat >beginning <<'END'
#!pgo recorded 24600 samples from 2026-11-20T10:00:00Z to 2026-11-20T10:05:00Z
#!pgo binary 3f2a9c0123456789 app
END
cat beginning default.pgo >with && mv with default.pgo
printf '#!pgo units 1\n#!pgo unit hot.c\n#!pgo  hot rare\n#!pgo unit main.c\n#!pgo  main hot\n#!pgo end\n' \
    >>default.pgo
for n in $(seq 20); do echo "int f$n(int x); int f$n(int x) { return x + $n; }" >f"$n".c; done
sed -i 's/^app: /&$(patsubst %.c,%.o,$(wildcard f*.c)) /' Makefile
echo 'f20.o: CFLAGS = -O0' >>Makefile

# --- one line for a few files, a screen for many or with -v
build -report=report.json make || fail "make"
sed -e '/^pgo-build: /,$!d' -e 's/clang-[0-9]*/clang-N/' -e 's/ ([0-9]* days* ago)//' \
    -e 's/ [0-9.]*% of its/ N% of its/' out >screen
cat >expected <<'END'
pgo-build: 23 files compiled by clang-N with default.pgo
  profile  default.pgo by line, 24600 samples, recorded 2026-11-20, of app 3f2a9c012345
  found    N% of its samples found their function and line
  files    2 with their slice of the profile, 20 with the whole profile; 1 without: 1 not optimized (-O0)
  refresh  another profile rebuilds at most 22 of 23 objects
END
diff expected screen || fail "the screen"
touch hot.c && build make || fail "make"
said '1 file compiled by clang-[0-9]* with default.pgo by line'
grep -q '^  profile' out && fail "a screen for one file"
touch hot.c && build -v make || fail "make -v"
said '^  files    1 with their slice of the profile$'
said '^pgo-build: hot.c: with default.pgo by line, [0-9.]*% of the profile is for it'

python3 - <<'END' || fail "the JSON"
import json
report = json.load(open("report.json"))
profile = report["profiles"][0]
assert profile["samples"] == 24600, profile
assert profile["recorded_from"] == "2026-11-20T10:00:00Z", profile
assert profile["recorded_to"] == "2026-11-20T10:05:00Z", profile
assert profile["binaries"] == [{"build_id": "3f2a9c0123456789", "name": "app"}], profile
assert profile["counts"] == 100015, profile
assert report["compiles"]["with_profile"] == 22, report["compiles"]
assert report["compiles"]["with_slice"] == 2, report["compiles"]
assert sum(file["slice"] for file in report["files"]) == 2
END

# --- the samples of -n are those of the recording
pgo-build -n make >out || fail "-n"
said 'profile: default.pgo (text sample profile by line, 24600 samples, recorded 2026-11-20'

# --- what was pruned is made again
rm -r "$PGO_BUILD_CACHE/profiles" "$PGO_BUILD_CACHE/notes"
build make || fail "make without profiles in the cache"
said 'up to date'
touch hot.c main.c && build make || fail "make"
said '2 files compiled'

# --- progress: on a terminal, and nothing of it elsewhere
mkdir slow
cat >slow/pgo-convert <<'END'
#!/bin/sh
sleep 2
echo 'pgo-convert: broken' >&2
exit 1
END
chmod +x slow/pgo-convert
cp "$bin/pgo-build" "$bin/pgo-launch" slow/
printf '\037\213 a pprof' >recording
TERM=xterm script -qec 'slow/pgo-build -pgo=recording make' typescript >out </dev/null &&
    fail "a broken converter"
said 'pgo-build: reading recording, 1 s'
tail -n 2 out | grep -q 'broken' || fail "the message is gone"
slow/pgo-build -pgo=recording make >out 2>&1 && fail "a broken converter"
grep -q ' 1 s' out && fail "progress without a terminal"
TERM=dumb script -qec 'slow/pgo-build -pgo=recording make' typescript >out </dev/null
grep -q ' 1 s' out && fail "progress on a terminal that cannot erase"
echo "report: all said"
