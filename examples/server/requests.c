#include "requests.h"

static void add_search(struct chance *chance, struct text *head)
{
    uint32_t words = 1 + chance_below(chance, 4);
    char word[WORD_SIZE];

    text_add_format(head, "/search?q=");
    for (uint32_t i = 0; i < words; i++) {
        word_random(chance, word);
        text_add_format(head, "%s%s%s", i ? "+" : "",
                        i && chance_below(chance, 8) == 0 ? "%2D" : "", word);
    }
    if (chance_below(chance, 4) == 0)
        text_add_format(head, "&limit=%u", 1 + chance_below(chance, 30));
}

static void add_suggest(struct chance *chance, struct text *head)
{
    char word[WORD_SIZE];

    word_random(chance, word);
    text_add_format(head, "/suggest?prefix=%.*s", 1 + (int)chance_below(chance, 4), word);
}

void requests_next(struct chance *chance, struct text *head)
{
    uint32_t kind = chance_below(chance, 100);

    text_clear(head);
    text_add_format(head, "GET ");
    if (kind < 75)
        add_search(chance, head);
    else if (kind < 88)
        add_suggest(chance, head);
    else if (kind < 98)
        text_add_format(head, "/document?id=%u", chance_below(chance, REQUESTS_DOCUMENTS));
    else
        text_add_format(head, "/health");
    text_add_format(head, " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: load/1\r\n"
                          "Accept: application/json\r\n\r\n");
}
