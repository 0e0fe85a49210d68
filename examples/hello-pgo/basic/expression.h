/*
 * Evaluates an expression where it stands among the tokens of a line:
 *
 *     condition  = sum [ ("<" | ">" | "=") sum ]
 *     sum        = product ( ("+" | "-") product )*
 *     product    = value ( ("*" | "/" | "%") value )*
 *     value      = number | name [ "(" condition ")" ] | "-" value | "(" condition ")"
 */
#ifndef HELLO_BASIC_EXPRESSION_H
#define HELLO_BASIC_EXPRESSION_H

#include "basic/variables.h"
#include "text/tokens.h"

/*
 * Moves *next behind the expression. Returns NULL if all went well, else what is wrong. A
 * comparison gives 1 or 0.
 */
const char *evaluate(const struct token **next, const struct variables *variables, int64_t *result);

#endif
