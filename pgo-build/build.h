/*
 * build.h - one run of the front end: what its stages hand on to each other.
 */
#ifndef PGO_BUILD_BUILD_H
#define PGO_BUILD_BUILD_H

#include "environment.h"
#include "objects.h"
#include "options.h"
#include "profile.h"
#include "project.h"
#include "session.h"
#include "state.h"
#include "toolchain.h"

struct build {
    struct build_options options;
    struct project project;
    struct state state;
    struct toolchain toolchain;
    struct compiler clang; /* what is known of toolchain.cc */
    struct profile *profiles;
    size_t profile_count, profile_capacity;
    struct session session;
    int lock;
    struct environment environment;
    struct objects_count objects; /* as they were before the command ran */
};

#endif
