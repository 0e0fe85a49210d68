/*
 * feed: documents as partners send them: feeds of orders in XML, with their schema, and pages in
 * careless HTML. The same dice give the same documents.
 */
#ifndef BENCH_PROGRAMS_XML_FEED_H
#define BENCH_PROGRAMS_XML_FEED_H

#include "text.h"

#define FEED_NAMESPACE "urn:example:feed"

extern const char feed_schema[]; /* W3C XML Schema; every feed is valid */

void feed_write(struct text *text, struct dice *dice);
void feed_write_page(struct text *text, struct dice *dice);

#endif
