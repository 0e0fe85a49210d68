#include "feed.h"

enum {
    MIN_ORDERS = 20,
    MORE_ORDERS = 40,
    ROWS = 30,
};

const char feed_schema[] =
    "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns='" FEED_NAMESPACE "'"
    " targetNamespace='" FEED_NAMESPACE "' elementFormDefault='qualified'>"
    "<xs:simpleType name='sku'><xs:restriction base='xs:token'>"
    "<xs:pattern value='[A-F]{1,2}-[0-9]{3,6}(/[a-z]+)?'/></xs:restriction></xs:simpleType>"
    "<xs:simpleType name='mail'><xs:restriction base='xs:string'>"
    "<xs:pattern value='[^@]+@[a-z.]+'/><xs:maxLength value='80'/>"
    "</xs:restriction></xs:simpleType>"
    "<xs:simpleType name='state'><xs:restriction base='xs:token'>"
    "<xs:enumeration value='open'/><xs:enumeration value='paid'/>"
    "<xs:enumeration value='late'/><xs:enumeration value='cancelled'/>"
    "</xs:restriction></xs:simpleType>"
    "<xs:complexType name='customer'><xs:all>"
    "<xs:element name='name' type='xs:string'/><xs:element name='mail' type='mail'/>"
    "<xs:element name='since' type='xs:date' minOccurs='0'/>"
    "</xs:all><xs:attribute name='country' type='xs:NMTOKEN'/></xs:complexType>"
    "<xs:complexType name='item'><xs:sequence>"
    "<xs:element name='title' type='xs:string'/>"
    "<xs:element name='quantity' type='xs:positiveInteger'/>"
    "<xs:element name='price' type='xs:decimal'/>"
    "</xs:sequence><xs:attribute name='sku' type='sku' use='required'/></xs:complexType>"
    "<xs:complexType name='order'><xs:sequence>"
    "<xs:element name='customer' type='customer'/>"
    "<xs:element name='item' type='item' maxOccurs='unbounded'/>"
    "<xs:element name='note' type='xs:string' minOccurs='0'/>"
    "</xs:sequence><xs:attribute name='id' type='xs:ID' use='required'/>"
    "<xs:attribute name='state' type='state' default='paid'/>"
    "<xs:attribute name='placed' type='xs:dateTime'/></xs:complexType>"
    "<xs:element name='feed'><xs:complexType><xs:sequence>"
    "<xs:element name='order' type='order' maxOccurs='unbounded'/>"
    "</xs:sequence><xs:attribute name='version' type='xs:decimal'/></xs:complexType>"
    "<xs:unique name='orders'><xs:selector xpath='order'/><xs:field xpath='@id'/></xs:unique>"
    "</xs:element></xs:schema>";

static void write_words(struct text *text, struct dice *dice, int count)
{
    static const char *const others[] = {"&amp;", "caf\xc3\xa9", "&lt;new&gt;", "&#xE9;t&#233;",
                                         "&house;"};

    for (int i = 0; i < count; i++)
        text_add(text, "%s%s", i ? " " : "",
                 dice_roll(dice, 9) ? dice_word(dice) : others[dice_roll(dice, 5)]);
}

static void write_customer(struct text *text, struct dice *dice)
{
    static const char *const countries[] = {"DE", "NL", "FR", "PL", "ES"};

    text_add(text, "  <customer country=\"%s\">\n    <name>", countries[dice_roll(dice, 5)]);
    write_words(text, dice, 2 + dice_roll(dice, 2));
    text_add(text, "</name>\n    <mail>%s@%s.example</mail>\n", dice_word(dice), dice_word(dice));
    if (dice_roll(dice, 2))
        text_add(text, "    <since>20%02d-%02d-%02d</since>\n", dice_roll(dice, 26),
                 1 + dice_roll(dice, 12), 1 + dice_roll(dice, 28));
    text_add(text, "  </customer>\n");
}

static void write_item(struct text *text, struct dice *dice)
{
    text_add(text, "  <item sku='%c-%d%s'>\n    <title>", 'A' + dice_roll(dice, 6),
             100 + dice_roll(dice, 90000), dice_roll(dice, 3) ? "" : "/blue");
    write_words(text, dice, 3 + dice_roll(dice, 5));
    text_add(text, "</title>\n    <quantity>%d</quantity>\n", 1 + dice_roll(dice, 9));
    text_add(text, "    <price>%d.%02d</price>\n  </item>\n", 1 + dice_roll(dice, 120),
             dice_roll(dice, 100));
}

static void write_note(struct text *text, struct dice *dice)
{
    if (dice_roll(dice, 4) == 0) {
        text_add(text, "  <note><![CDATA[call <%s> & ask]]></note>\n", dice_word(dice));
        return;
    }
    text_add(text, "  <note>");
    write_words(text, dice, 5 + dice_roll(dice, 20));
    text_add(text, "</note>\n");
}

static void write_order(struct text *text, struct dice *dice, int number)
{
    static const char *const states[] = {"open", "paid", "paid", "late", "cancelled"};

    if (dice_roll(dice, 6) == 0)
        text_add(text, "<!-- by way of %s -->\n", dice_word(dice));
    text_add(text, " <order id=\"o%d\" state=\"%s\" placed=\"2026-%02d-%02dT%02d:%02d:00Z\">\n",
             number, states[dice_roll(dice, 5)], 1 + dice_roll(dice, 12), 1 + dice_roll(dice, 28),
             dice_roll(dice, 24), dice_roll(dice, 60));
    write_customer(text, dice);
    for (int i = 1 + dice_roll(dice, 6); i > 0; i--)
        write_item(text, dice);
    if (dice_roll(dice, 3))
        write_note(text, dice);
    text_add(text, " </order>\n");
}

void feed_write(struct text *text, struct dice *dice)
{
    int orders = MIN_ORDERS + dice_roll(dice, MORE_ORDERS);

    text_add(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                   "<!DOCTYPE feed [<!ENTITY house \"Example &amp; Sons\">]>\n");
    text_add(text, "<feed xmlns=\"" FEED_NAMESPACE "\" version=\"1.%d\">\n", dice_roll(dice, 9));
    for (int i = 0; i < orders; i++)
        write_order(text, dice, i);
    text_add(text, "</feed>\n");
}

void feed_write_page(struct text *text, struct dice *dice)
{
    text_add(text, "<!doctype html><html><head><title>%s</title>", dice_word(dice));
    text_add(text, "<style>p { color: red }</style><body class=main><ul>");
    for (int i = 0; i < ROWS; i++) {
        text_add(text, "<li><a href='/%s?a=%d&b=2' title=\"%s\">", dice_word(dice),
                 dice_roll(dice, 100), dice_word(dice));
        write_words(text, dice, 2 + dice_roll(dice, 4));
        text_add(text, "</a><p>%s <b>%s<br>%s &nbsp; &copy;</b>", dice_word(dice), dice_word(dice),
                 dice_word(dice));
        if (dice_roll(dice, 4) == 0)
            text_add(text, "<table><tr><td>%d<td><img src=i.png alt=%s><tr><td>x</table>",
                     dice_roll(dice, 50), dice_word(dice));
    }
    text_add(text, "</ul><script>if (a < b && c) { go(\"</p>\"); }</script></body></html>");
}
