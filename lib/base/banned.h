/*
 * banned.h - functions nobody may call here; force-included into every source file of the project.
 *
 * Each has a safer spelling: strbuf for building strings, parse_u64() for numbers, process_run()
 * for commands, file_write() for files. The system headers come first, so that only our own use
 * of a poisoned name is an error.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol system tmpnam

#endif
