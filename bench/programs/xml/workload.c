/*
 * workload: a trading house's XML: feeds are parsed, checked, queried, changed and written.
 *
 *     ./workload FEEDS SEED [PAGES]
 *
 * PAGES pages of HTML with each feed (default: 1).
 * Prints the number of feeds and a checksum of all that was read and written: the same for every
 * build and every machine.
 */
#include "feed.h"

#include <inttypes.h>
#include <libxml/HTMLparser.h>
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/xmlregexp.h>
#include <libxml/xmlschemas.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FEEDS = 1000000 };

struct checker {
    xmlSchemaPtr schema;
    uint64_t sum;
};

static void die(const char *what)
{
    fprintf(stderr, "workload: %s\n", what);
    exit(1);
}

static void add_to_sum(struct checker *checker, const void *bytes, size_t length)
{
    checker->sum = text_checksum(checker->sum, bytes, length);
}

static void open_checker(struct checker *checker)
{
    xmlSchemaParserCtxtPtr parser =
        xmlSchemaNewMemParserCtxt(feed_schema, (int)strlen(feed_schema));

    checker->sum = 0xcbf29ce484222325;
    checker->schema = xmlSchemaParse(parser);
    xmlSchemaFreeParserCtxt(parser);
    if (!checker->schema)
        die("the schema is wrong");
}

static void validate(struct checker *checker, xmlDocPtr doc)
{
    xmlSchemaValidCtxtPtr context = xmlSchemaNewValidCtxt(checker->schema);

    if (xmlSchemaValidateDoc(context, doc) != 0)
        die("a feed is not valid");
    xmlSchemaFreeValidCtxt(context);
}

/* What a node set holds, as text; or the number or the string that the query gave. */
static void add_result(struct checker *checker, xmlXPathObjectPtr result)
{
    xmlChar *text = xmlXPathCastToString(result);

    add_to_sum(checker, text, strlen((const char *)text));
    xmlFree(text);
    if (result->type != XPATH_NODESET || !result->nodesetval)
        return;
    for (int i = 0; i < result->nodesetval->nodeNr; i++) {
        text = xmlNodeGetContent(result->nodesetval->nodeTab[i]);
        add_to_sum(checker, text, strlen((const char *)text));
        xmlFree(text);
    }
}

static void query(struct checker *checker, xmlDocPtr doc)
{
    static const char *const queries[] = {
        "//f:order[@state='open']/f:customer/f:name",
        "count(//f:item[f:price > 50 and f:quantity >= 2])",
        "sum(//f:order[position() mod 3 = 1]//f:price)",
        "//f:item[contains(f:title, 'river')]/@sku",
        "//f:order[f:customer/@country = 'NL']/f:item[last()]",
        "string(/f:feed/f:order[5]/f:note)",
        "//f:item[starts-with(@sku, 'A')]/ancestor::f:order/@id",
        "//f:note[string-length(normalize-space(.)) > 80]",
        "//f:order[not(f:note)]/following-sibling::f:order[1]/@id",
        "concat(//f:order[last()]/@id, '-', translate(//f:name[1], 'abc', 'ABC'))",
        "//f:price[. = //f:order[2]/f:item/f:price] | //f:order[@state='late']/f:customer/f:mail",
    };
    xmlXPathContextPtr context = xmlXPathNewContext(doc);

    xmlXPathRegisterNs(context, BAD_CAST "f", BAD_CAST FEED_NAMESPACE);
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        xmlXPathObjectPtr result = xmlXPathEval(BAD_CAST queries[i], context);

        if (!result)
            die(queries[i]);
        add_result(checker, result);
        xmlXPathFreeObject(result);
    }
    xmlXPathFreeContext(context);
}

static double price_of(xmlNodePtr item)
{
    xmlChar *text = xmlNodeGetContent(xmlLastElementChild(item));
    double price = strtod((const char *)text, NULL);

    xmlFree(text);
    return price;
}

static void add_total(xmlNodePtr order)
{
    char text[32];
    double total = 0;

    for (xmlNodePtr node = xmlFirstElementChild(order); node; node = xmlNextElementSibling(node))
        if (xmlStrEqual(node->name, BAD_CAST "item"))
            total += price_of(node);
    snprintf(text, sizeof(text), "%.2f", total);
    xmlNewTextChild(order, order->ns, BAD_CAST "total", BAD_CAST text);
}

/* Open orders are late now, cancelled ones go, each other gets a total. */
static void change(xmlDocPtr doc)
{
    xmlNodePtr next;

    for (xmlNodePtr order = xmlFirstElementChild(xmlDocGetRootElement(doc)); order; order = next) {
        xmlChar *state = xmlGetProp(order, BAD_CAST "state");

        next = xmlNextElementSibling(order);
        add_total(order);
        if (xmlStrEqual(state, BAD_CAST "cancelled")) {
            xmlUnlinkNode(order);
            xmlFreeNode(order);
        } else if (xmlStrEqual(state, BAD_CAST "open")) {
            xmlSetProp(order, BAD_CAST "state", BAD_CAST "late");
        }
        xmlFree(state);
    }
}

static void write_out(struct checker *checker, xmlDocPtr doc, int number)
{
    xmlChar *bytes = NULL;
    int length = 0;

    if (number % 3 == 0)
        length = xmlC14NDocDumpMemory(doc, NULL, XML_C14N_1_0, NULL, 1, &bytes);
    else
        xmlDocDumpFormatMemoryEnc(doc, &bytes, &length, number % 3 == 1 ? "UTF-8" : "ISO-8859-1",
                                  1);
    if (!bytes)
        die("a feed could not be written");
    add_to_sum(checker, bytes, (size_t)length);
    xmlFree(bytes);
}

static void count_element(void *sum, const xmlChar *name, const xmlChar **attributes)
{
    *(uint64_t *)sum += name[0];
    for (; attributes && *attributes; attributes++)
        *(uint64_t *)sum += (*attributes)[0];
}

static void count_text(void *sum, const xmlChar *text, int length)
{
    *(uint64_t *)sum += text[0] + (uint64_t)length;
}

/* The same feed by events, in pieces, as from a network. */
static void stream(struct checker *checker, const struct text *text)
{
    xmlSAXHandler handler = {.startElement = count_element, .characters = count_text};
    uint64_t sum = 0;
    xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&handler, &sum, NULL, 0, NULL);

    for (size_t at = 0; at < text->length; at += 1500) {
        size_t left = text->length - at;

        xmlParseChunk(parser, text->bytes + at, (int)(left < 1500 ? left : 1500), 0);
    }
    xmlParseChunk(parser, NULL, 0, 1);
    xmlFreeParserCtxt(parser);
    add_to_sum(checker, &sum, sizeof(sum));
}

static void take_feed(struct checker *checker, const struct text *text, int number)
{
    xmlDocPtr doc = xmlReadMemory(text->bytes, (int)text->length, "feed.xml", NULL,
                                  XML_PARSE_NOENT | (number % 2 ? XML_PARSE_NOBLANKS : 0));

    if (!doc)
        die("a feed is not well-formed");
    validate(checker, doc);
    query(checker, doc);
    change(doc);
    write_out(checker, doc, number);
    xmlFreeDoc(doc);
    stream(checker, text);
}

static void take_page(struct checker *checker, const struct text *text, int number)
{
    htmlDocPtr doc = htmlReadMemory(text->bytes, (int)text->length, "page.html", "UTF-8",
                                    HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);

    if (!doc)
        die("a page could not be read");
    write_out(checker, doc, number);
    xmlFreeDoc(doc);
}

int main(int argc, char **argv)
{
    int feeds = argc == 3 || argc == 4 ? atoi(argv[1]) : 0;
    int pages = argc == 4 ? atoi(argv[3]) : 1;
    struct checker checker = {0};
    struct dice dice = {0};
    struct text text = {0};

    if (feeds < 1 || feeds > MAX_FEEDS) {
        fprintf(stderr, "usage: workload FEEDS SEED [PAGES]    (1 to %d)\n", MAX_FEEDS);
        return 2;
    }
    dice.state = strtoull(argv[2], NULL, 10);
    open_checker(&checker);
    for (int i = 0; i < feeds; i++) {
        text_clear(&text);
        feed_write(&text, &dice);
        take_feed(&checker, &text, i);
        for (int page = 0; page < pages; page++) {
            text_clear(&text);
            feed_write_page(&text, &dice);
            take_page(&checker, &text, i);
        }
    }
    text_release(&text);
    xmlSchemaFree(checker.schema);
    xmlCleanupParser();
    printf("%d feeds, checksum %016" PRIx64 "\n", feeds, checker.sum);
    return 0;
}
