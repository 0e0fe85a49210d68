/*
 * compiler.h - the GNU attributes this project uses, under readable names.
 */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

/* The result says whether the call worked; ignoring it is a bug. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* Arguments FIRST... follow printf's rules for the format in argument POSITION (both count from 1).
 */
#define PRINTF_LIKE(position, first) __attribute__((format(printf, position, first)))

#define NORETURN __attribute__((noreturn))
#define NOINLINE __attribute__((noinline))

/* Seen outside of a shared library of ours; all else in it is not. */
#define EXPORT __attribute__((visibility("default")))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
