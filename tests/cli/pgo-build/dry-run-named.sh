# compilers that the user names: the launcher goes in front of what stands outside PATH
. "$(dirname "$0")/tools"
mkdir opt && cat tools/clang-22 >opt/clang
CC=gcc CXX="$PWD/opt/clang --target=x" pgo-build -n make "CC=$PWD/opt/clang -m32" | hide_names
