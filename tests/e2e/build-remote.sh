#!/bin/sh
# Caches beyond one folder: ccache's modes, a real redis as its remote storage, and sccache.
# shellcheck disable=SC2015 # "A && B || fail" is meant
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-19 ccache readelf

write_project p
mkdir p/.git
other_profile() { sed -i 's/ 7: 5000/ 7: 1/; s/ 5: 5 rare:5/ 5: 90000 rare:90000/' default.pgo; }

# what three profiles make of hot.c without any cache
cd p || exit 1
for name in first second; do
    [ $name = first ] || other_profile
    CCACHE_DISABLE=1 build make -B CC=clang-19 || fail "no cache, $name profile"
    mv hot.o "../$name.o"
done
cmp -s ../first.o ../second.o && fail "the profiles make no difference"
cd ..

# follow WORDS...: first, second and first profile again, each object as without a cache
follow() {
    for name in first second first; do
        write_profile 5000 default.pgo
        [ $name = first ] || other_profile
        build make -B "$@" || fail "$name profile: $*"
        cmp hot.o "../$name.o" || fail "the object of another profile: $*"
    done
}
cd p || exit 1
for mode in CCACHE_DIRECT=1 CCACHE_NODIRECT=1 CCACHE_DEPEND=1; do
    export CCACHE_DIR="$scratch/ccache-$mode" "${mode?}"
    sed -i 's/^CFLAGS.*/CFLAGS = -O2 -MMD/' Makefile # depend mode needs it
    follow CC=clang-19
    said '3 of 3 from ccache'
    follow CC='ccache clang-19'
    said '3 of 3 from ccache'
    unset "${mode%=1}"
done
cd ..

# redis: the second checkout lies elsewhere and shares nothing but the server
if command -v redis-server >/dev/null; then
    port=$((20000 + $$ % 20000)) && mkdir redis
    redis-server --port $port --bind 127.0.0.1 --save "" --dir "$scratch/redis" >redis/log 2>&1 &
    server=$!
    trap 'kill $server; wait $server 2>/dev/null; rm -rf "$scratch"' EXIT
    until grep -q 'Ready to accept' redis/log; do
        kill -0 $server 2>/dev/null || fail "redis-server: $(cat redis/log)"
        sleep 0.1
    done
    export CCACHE_REMOTE_STORAGE="redis://127.0.0.1:$port"
    mkdir -p far/away && cp -r p far/away/second
    cd p && export CCACHE_DIR="$scratch/one"
    follow CC=clang-19
    cd ../far/away/second || exit 1
    export CCACHE_DIR="$scratch/two"
    build make -B CC=clang-19 || fail "second checkout"
    said '3 of 3 from ccache'
    cp "$scratch/first.o" "$scratch/second.o" "$scratch/far/away/"
    follow CC=clang-19
    said '3 of 3 from ccache'
    unset CCACHE_REMOTE_STORAGE && cd "$scratch" || exit 1
else
    echo "note: redis-server is missing"
fi

# sccache has the profile's path in its key, and not what is in it
if command -v sccache >/dev/null; then
    export SCCACHE_DIR="$scratch/sccache" SCCACHE_SERVER_PORT=$((40000 + $$ % 20000))
    sccache --start-server >sccache.log 2>&1 || fail "sccache: $(cat sccache.log)"
    trap 'sccache --stop-server >/dev/null 2>&1; kill $server 2>/dev/null; rm -rf "$scratch"' EXIT
    cd p || exit 1
    follow CC='sccache clang-19'
    follow "CC=$(command -v sccache) clang-19"
    sccache --show-stats >stats 2>&1
    grep -Eq '^Cache hits +[1-9]' stats || fail "sccache was not used: $(cat stats)"
else
    echo "note: sccache is missing"
fi
exit 0
