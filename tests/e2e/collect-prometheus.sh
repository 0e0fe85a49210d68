#!/bin/sh
# A real Prometheus scrapes /metrics of a program that is linked with libpgocollect and has metrics
# of its own, and answers queries about them; promtool judges the text.
#
# usage: collect-prometheus.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/collect-program
. "$(dirname "$0")/collect-program"
need cc g++ curl prometheus promtool python3

cc -O2 -DMETRICS -I"$source/collect/include" "$source/tests/data/served.c" -o served \
    -L"$bin/../lib" -Wl,-rpath,"$bin/../lib" -lpgocollect
cat >plus.cc <<'END_CXX'
#include <pgo_collect.h>
#include <pgo_metrics.h>
int main()
{
    pgo_counter *counter = pgo_counter_new("plus_total", "From C++.", "a", "b", NULL);

    pgo_counter_add(counter, 1);
    return !counter || pgo_collect_stop() != 0;
}
END_CXX
g++ -Wall -Wextra -Werror -pedantic-errors -I"$source/collect/include" plus.cc -o plus \
    -L"$bin/../lib" -Wl,-rpath,"$bin/../lib" -lpgocollect
./plus || fail "from C++"

PGO_COLLECT_HTTP=127.0.0.1:0 ./served >address 2>said &
program=$!
until_true grep -q : address
target=$(cat address)

curl -fsS "http://$target/metrics" >plain
promtool check metrics <plain || { cat plain; fail "promtool finds fault"; }
curl -fsS -H 'Accept: application/openmetrics-text' "http://$target/metrics" >openmetrics
[ "$(tail -n 1 openmetrics)" = '# EOF' ] || fail "OpenMetrics has no end"

port=$(free_port)
cat >prometheus.yml <<END_CONFIG
global: {scrape_interval: 200ms, scrape_timeout: 200ms}
scrape_configs: [{job_name: served, static_configs: [{targets: ["$target"]}]}]
END_CONFIG
prometheus --config.file=prometheus.yml --storage.tsdb.path=db \
    --web.listen-address="127.0.0.1:$port" >prometheus.log 2>&1 &
server=$!
others=$server

# ask QUERY: its value, or nothing
ask() {
    curl -fsS -G --data-urlencode "query=$1" "http://127.0.0.1:$port/api/v1/query" 2>/dev/null |
        python3 -c 'import json, sys
result = json.load(sys.stdin)["data"]["result"]
print(result[0]["value"][1] if result else "")' 2>/dev/null || true
}
# expect QUERY: it has a value at last
expect() {
    until [ -n "$(ask "$1")" ]; do
        kill -0 "$server" 2>/dev/null || { cat prometheus.log; fail "prometheus has ended"; }
        kill -0 "$program" 2>/dev/null || { cat said; fail "the program has ended"; }
        sleep 0.1
    done
}
expect 'up{job="served"} == 1'
expect 'served_rounds_total{kind="hot"} > 0'
expect 'histogram_quantile(0.5, served_size_bucket) > 0.25'
expect 'pgo_collect_samples_total > 0'
expect 'process_cpu_seconds_total > 0'
expect 'process_resident_memory_bytes > 100000'
expect 'time() - process_start_time_seconds < 3600'
expect 'process_open_fds < process_max_fds'
expect 'process_threads >= 3'
expect 'pgo_build_info{version!=""}'
