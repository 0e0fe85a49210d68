/*
 * JSON, written into a text. Commas are put where they belong.
 */
#ifndef SERVER_JSON_H
#define SERVER_JSON_H

#include "text.h"

#include <stdint.h>

/* The name of a member, or NULL in an array. */
void json_open(struct text *out, const char *name, char bracket); /* { or [ */
void json_close(struct text *out, char bracket);                  /* } or ] */
void json_string(struct text *out, const char *name, const char *value);
void json_integer(struct text *out, const char *name, uint64_t value);
void json_number(struct text *out, const char *name, double value); /* four digits */

#endif
