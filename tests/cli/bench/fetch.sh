# bench/programs/fetch.sh: a genuine package arrives, and is kept; a forged one leaves nothing.
mkdir bin package
echo 'int main(void) { return 0; }' >package/main.c
tar -czf real.tgz package
cat >bin/npm <<END
#!/bin/sh
cp "$PWD/\$(cat "$PWD/serve")" thing-1.0.tgz
END
chmod +x bin/npm
sum=$(sha512sum real.tgz | cut -d' ' -f1)
fetch() {
    PATH="$PWD/bin:$PATH" "$SOURCE/bench/programs/fetch.sh" thing 1.0 "$sum" "$1"
    echo "exit $?"
    ls -A out 2>/dev/null
}
echo forged >forged.tgz
echo forged.tgz >serve
fetch out/thing
echo real.tgz >serve
fetch out/thing
cat out/thing/main.c
fetch out/thing
echo '# from the cache'
echo forged.tgz >serve
fetch out/other
"$SOURCE/bench/programs/fetch.sh" thing
echo "exit $?"
