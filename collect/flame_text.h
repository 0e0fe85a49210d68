/*
 * flame_text.h - what a web page can hold: texts as JSON, numbers as base64.
 *
 * flame_text_add() appends a JSON string in quotes that may stand in <script>: of <, >, & and what
 * JavaScript takes for an end of line nothing remains as it was. Input is any bytes: what is not
 * UTF-8 becomes U+FFFD, a control character its picture (U+2400...), and what turns the direction
 * of writing, which could make a name look like another one, U+FFFD as well.
 *
 * Numbers are LEB128, seven bits a byte, the lowest first (as protobuf's), and the bytes base64
 * (RFC 4648).
 */
#ifndef COLLECT_FLAME_TEXT_H
#define COLLECT_FLAME_TEXT_H

#include <stdint.h>

#include "base/strbuf.h"

void flame_text_add(struct strbuf *out, const char *text);
void flame_text_add_number(struct strbuf *bytes, uint64_t number);
void flame_text_add_base64(struct strbuf *out, const struct strbuf *bytes); /* in quotes */

#endif
