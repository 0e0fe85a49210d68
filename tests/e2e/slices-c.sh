#!/bin/sh
# Slices give the objects of the whole profile: a C program of 33 files, by clang 19 and 22, by line
# and by probe; and with ThinLTO.
#
# usage: slices-c.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
# shellcheck source=tests/e2e/slices-identity
. "$(dirname "$0")/slices-identity"

prove c CC clang 33 3
thin_lto 'CC=clang-22'
