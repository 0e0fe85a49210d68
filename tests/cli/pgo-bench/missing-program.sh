# A program that is not there, or cannot be run: known before anything is.
printf 'no program\n' >text
printf '#!/no/such/interpreter\n' >script
chmod +x script
for program in ./nope nope-nope A=1 ./text . ./script; do
    pgo-bench --base="$program" --test=true
    echo "exit $?" >&2
done
