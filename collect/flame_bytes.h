/*
 * flame_bytes.h - numbers as a web page can hold them.
 *
 * Numbers are LEB128, seven bits a byte, the lowest first (as protobuf's), and the bytes base64
 * (RFC 4648).
 */
#ifndef COLLECT_FLAME_BYTES_H
#define COLLECT_FLAME_BYTES_H

#include <stdint.h>

#include "base/strbuf.h"

void flame_bytes_add_number(struct strbuf *bytes, uint64_t number);
void flame_bytes_add_base64(struct strbuf *out, const struct strbuf *bytes); /* in quotes */

#endif
