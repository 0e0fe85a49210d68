/*
 * What clients ask: searches for the most part, then suggestions, documents and health. The same
 * seed gives the same requests.
 */
#ifndef SERVER_REQUESTS_H
#define SERVER_REQUESTS_H

#include "text.h"
#include "words.h"

enum { REQUESTS_DOCUMENTS = 1000 }; /* documents below this number are asked for */

/* Replaces the text by a request's head. */
void requests_next(struct chance *chance, struct text *head);

#endif
