#!/bin/sh
# ci/check-layers on the project, and on a made-up one in which each rule is broken once.
#
# usage: layers.sh SOURCE_DIR
set -u
check=$(cd "$1" && pwd)/ci/check-layers
command -v python3 >/dev/null || { echo "skipped: python3 is missing"; exit 77; }
"$check" || exit 1

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
mkdir -p lib/base lib/profile lib/binary pgo-convert pgo-build collect tests

# file PATH LINE...
file() {
    path=$1
    shift
    printf '%s\n' "$@" >"$path"
}
file lib/base/a.h '#include "profile/p.h"'
file lib/base/b.h '/* Elf * in a comment, and "Dwarf *" */' 'const char *elf = "Elf *";'
file lib/profile/p.h 'int p;'
file lib/profile/p.c '#include <string.h>' '#include "profile/p.h"'
file lib/profile/q.c '#include "binary/i.h"' '#include <capstone/capstone.h>'
file lib/profile/pprof_write.c '#include "pprof.pb-c.h"'
file lib/profile/r.c '#include "pprof.pb-c.h"' '#include <libunwind.h>'
file lib/binary/i.h '#include <libelf.h>' 'void *i(void);' 'Elf *j(void);'
file lib/binary/i.c '#include "binary/i.h"' '#include <elfutils/libdw.h>' '#include "../profile/p.h"'
file lib/binary/k.c '#include "../pgo-build/t.h"'
file pgo-build/t.h 'int t;'
file pgo-convert/c.c '#include "../pgo-build/t.h"'
file pgo-convert/t.h 'int t;'
file pgo-convert/t.c '#include "t.h"' '#include "base/b.h"' '  #  include <zlib.h>'
file tests/t.c '#include "../pgo-build/t.h"'

cat >expected <<'END'
lib/base/a.h:1: lib/base must not include lib/profile: it knows nothing of it
lib/binary/i.c:3: lib/binary must not include lib/profile: both stand on lib/base alone
lib/binary/i.h:1: libelf.h must not be included by a header: hide it in an opaque struct
lib/binary/i.h:3: Elf is a third-party type: not in a header of ours
lib/binary/k.c:1: lib/binary must not include pgo-build: a tool is included by nobody but its tests
lib/profile/p.c:1: the first include must be "p.h"
lib/profile/q.c:1: lib/profile must not include lib/binary: both stand on lib/base alone
lib/profile/q.c:2: capstone/capstone.h belongs to lib/binary/*.c alone
lib/profile/r.c:1: pprof.pb-c.h belongs to lib/profile/pprof_write.c tests/fuzz/fuzz_pprof.c alone
lib/profile/r.c:2: libunwind.h belongs to collect/stack_unwind.c tests/*.c bench/*.c alone
pgo-convert/c.c:1: pgo-convert must not include pgo-build: a tool is included by nobody but its tests
pgo-convert/t.c:3: zlib.h belongs to lib/profile/gzip.c alone
END
"$check" . >found
[ $? = 1 ] || { echo "FAILED: exit code 0 for broken layers"; exit 1; }
diff expected found || { echo "FAILED: expected <, found >"; exit 1; }
