#!/bin/sh
# Slices give the objects of the whole profile: a C++ program whose files share templates, inline
# functions and containers of a header, by clang 19 and 22, by line and by probe; and with ThinLTO.
#
# usage: slices-cxx.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
# shellcheck source=tests/e2e/slices-identity
. "$(dirname "$0")/slices-identity"

prove c++ CXX clang++ 7 0
thin_lto 'CXX=clang++-22'
