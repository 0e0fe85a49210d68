#!/bin/sh
# pgo-collect show beside `go tool pprof -top`: on a recording of examples/hello-pgo and on the
# difference of two, by function and by line: every figure, the order and the headers. And the names
# of C++ functions. (pprof 1.19 gives -files a row for each function, under the name of its file.)
#
# usage: show.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need clang-22 go make
cp -r "$source/examples/hello-pgo" hello && cd hello && rm -f default.pgo || exit 1
pgo-build make -s >out 2>&1 || fail "hello does not build"
for i in 1 2; do
    pgo-collect record -o $i.pprof -- ./hello ${i}0 >out 2>&1 || {
        cat out
        echo "skipped: cannot record here"
        exit 77
    }
done

# same OPTIONS_OF_OURS -- OPTIONS_OF_PPROF: rows and what stands above them
same() {
    ours=
    while [ "$1" != -- ]; do ours="$ours $1" && shift; done
    shift
    # shellcheck disable=SC2086 # words
    pgo-collect show $ours >came || fail "show$ours"
    go tool pprof -symbolize=none -top "$@" 2>/dev/null | sed -n '/^Type: /,$p' |
        sed -e 's/ (inline)$//' -e 's/ (partial-inline)$//' | grep -v -e '^Time: ' -e '^Duration: ' \
        -e '^Dropped ' >theirs
    grep -v '^Dropped ' came >rows
    diff theirs rows >differences || fail "show$ours: < pprof, > ours: $(cat differences)"
    echo "show$ours: $(wc -l <theirs) lines alike"
}
same 1.pprof -- 1.pprof
same --top=3 2.pprof -- -nodecount=3 2.pprof
same --diff=1.pprof 2.pprof -- -diff_base=1.pprof 2.pprof
same --diff=2.pprof 1.pprof -- -diff_base=2.pprof 1.pprof
same --by=line 1.pprof -- -lines 1.pprof
same --by=line --top=5 --diff=1.pprof 2.pprof -- -lines -nodecount=5 -diff_base=1.pprof 2.pprof

# Without templates, whose arguments pprof leaves out.
cat >names.cc <<'END'
#include <cstdio>
#define KEPT __attribute__((noinline))
namespace shop {
namespace {
KEPT long hidden(long a) { for (int i = 0; i < 3000; i++) a = a * 31 + i; return a; }
}
struct Price { long cents; };
KEPT bool operator<(const Price &a, const Price &b)
{
    return hidden(a.cents) < hidden(b.cents) + hidden(1);
}
class Cart {
    long sum_ = 0;
public:
    KEPT void add(long cents) { for (int i = 0; i < 5000; i++) sum_ = sum_ * 7 + (cents ^ i); }
    KEPT long sum(int) const { return hidden(sum_) + hidden(sum_ + 1) + 1; }
};
}
int main()
{
    shop::Cart cart;
    for (int i = 0; i < 20000; i++) {
        cart.add(i);
        if (shop::Price{i} < shop::Price{cart.sum(i)})
            cart.add(cart.sum(2));
    }
    printf("%ld\n", cart.sum(1));
}
END
clang++-22 -O2 -g -fno-omit-frame-pointer -o names names.cc || fail "names.cc does not build"
pgo-collect record -o names.pprof -- ./names >out 2>&1 || fail "no recording: $(cat out)"
pgo-collect show names.pprof | sed '1,/ flat%/d' >came
HOME=$PWD PPROF_BINARY_PATH=$PWD go tool pprof -top names.pprof 2>/dev/null | sed '1,/ flat%/d' |
    sed -e 's/ (inline)$//' -e 's/ (partial-inline)$//' >theirs
diff theirs came >differences || fail "names: < pprof, > ours: $(cat differences)"
for name in 'shop::(anonymous namespace)::hidden' 'shop::operator<' shop::Cart::add; do
    grep -qF "  $name" came || fail "no $name: $(cat came)"
done
