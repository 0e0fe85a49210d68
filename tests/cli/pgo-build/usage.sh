# unknown option, missing value, abbreviation: each is exit code 2
pgo-build -x make; echo $?
pgo-build -pg=off make; echo $?
pgo-build -pgo= make; echo $?
pgo-build -n=3 make; echo $?
pgo-build -report; echo $?
pgo-build -probes=maybe make; echo $?
