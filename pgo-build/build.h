/*
 * build.h - one run of the front end: its stages, and what they hand on to each other.
 *
 * Every stage fills its part of the struct, in the order in which they stand here. On failure
 * nothing has been compiled yet, and the caller ends with exit code 125.
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
    struct compiler clang;     /* what is known of toolchain.cc */
    struct profile **profiles; /* each one that is in use, once */
    size_t profile_count, profile_capacity;
    struct session session;
    int cache_lock;     /* -1: none yet */
    int lock;           /* the same: the session's */
    bool joins;         /* others run here, by the session that the first of them has written */
    size_t log_start;   /* where this run's part of the log begins, in bytes */
    size_t stats_start; /* ... and of ccache's */
    uint64_t start_ns;  /* by the clock of files */
    char *scope;        /* where the command builds: CMake's tree, make's -C, or the start */
    struct environment environment;
    struct objects_count objects; /* as they were before the command ran */
};

/* Project, scope, state folder, compilers. */
MUST_CHECK bool build_look_around(struct build *build, struct err *err);

/* Chooses the profiles, checks and converts them. */
MUST_CHECK bool build_prepare_profiles(struct build *build, struct err *err);

/* Takes the lock, fills bin/, writes the session; with -n nothing but bin/'s contents planned. */
MUST_CHECK bool build_open_session(struct build *build, struct err *err);

/* Tells the build system what has to be built again, and lets others join. */
MUST_CHECK bool build_expire(struct build *build, struct err *err);

void build_release(struct build *build);

/* A path as the user would write it: relative to the start if it is below. Points into `path`. */
const char *build_shorten(const struct build *build, const char *path);

/* A program that was installed with us: beside our own, in ../libexec, or on PATH; free() it. */
char *build_find_own(const char *name);

#endif
