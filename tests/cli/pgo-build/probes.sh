# what -probes means for a profile by probe, one by line, and none
. "$(dirname "$0")/tools"
mkdir probe line none
printf 'hot:100000:1\n 1: 5000\n !CFGChecksum: 7\n' >probe/default.pgo
write_profile line/default.pgo
# added FOLDER OPTION...: the flag, if it would be given
added() {
    cd "$1" || exit 1
    shift
    pgo-build -n "$@" clang-22 -O2 -g -c main.c >../out
    "$sed" -n 's/^profile: \(.*\)/\1/p' ../out
    "$sed" -n 's/^added:.*\(-fpseudo-probe-for-profiling\).*/\1/p' ../out
    cd ..
}
for folder in probe line none; do
    echo "$folder:"
    added $folder
    added $folder -probes=on
done
added none -probes=off
cd probe || exit 1
pgo-build -probes=off touch it-ran; echo $?
pgo-build -probes=off -pgo=off touch it-ran; echo $?
pgo-build sh -c 'clang-22 -O2 -c a.c && clang-22 -O2 -fno-pseudo-probe-for-profiling -c b.c'
cd ../line && pgo-build -probes=on sh -c 'clang-22 -O2 -c a.c && clang-22 -c b.c'
cd ../none && pgo-build -probes=on clang-22 -O2 -c a.c
