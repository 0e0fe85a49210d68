/*
 * html_facts.h - the part `facts` of the page's data: what facts.h and the programs say.
 *
 * An object of: title, commit; base, test {label, compiler, flags}; costs[], uses[] with
 * profiles[], conversions[] with the fields of facts.h; flames[] {name, page}, whose page is a
 * whole web page as text; it is missing if it cannot be read any more. What is not known is left
 * out.
 */
#ifndef BENCH_HTML_FACTS_H
#define BENCH_HTML_FACTS_H

#include "base/strbuf.h"
#include "pgo-bench/facts.h"

void html_facts_add(const struct facts *facts, struct strbuf *out);

#endif
