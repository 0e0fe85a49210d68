# Refused before the command runs, whose work would be lost.
echo mine >default.pgo
pgo-collect record -- touch was-run
echo "exit $?"
pgo-collect record -o missing/default.pgo -- touch was-run
echo "exit $?"
cat default.pgo
ls
