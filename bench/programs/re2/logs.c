#include "logs.h"

static void add_address(struct text *text, struct dice *dice)
{
    text_add(text, "%d.%d.%d.%d", 1 + dice_roll(dice, 254), dice_roll(dice, 256),
             dice_roll(dice, 256), dice_roll(dice, 256));
}

static void add_mail(struct text *text, struct dice *dice)
{
    text_add(text, "%s.%s@%s.%s", dice_word(dice), dice_word(dice), dice_word(dice),
             dice_roll(dice, 2) ? "example" : "test.org");
}

static void add_time(struct text *text, struct dice *dice, char between)
{
    text_add(text, "2026-%02d-%02d%c%02d:%02d:%02d", 1 + dice_roll(dice, 12),
             1 + dice_roll(dice, 28), between, dice_roll(dice, 24), dice_roll(dice, 60),
             dice_roll(dice, 60));
}

static void add_path(struct text *text, struct dice *dice)
{
    static const char *const ends[] = {".png", ".css", ".js", "", "", "/"};

    text_add(text, dice_roll(dice, 2) ? "/api/v%d/%s" : "/static/%d/%s", 1 + dice_roll(dice, 3),
             dice_word(dice));
    text_add(text, "%s", ends[dice_roll(dice, 6)]);
    for (int i = dice_roll(dice, 4), first = i; i > 0; i--)
        text_add(text, "%c%s=%s%d", i == first ? '?' : '&', dice_word(dice), dice_word(dice),
                 dice_roll(dice, 1000));
}

static void add_access(struct text *text, struct dice *dice)
{
    static const char *const methods[] = {"GET", "GET", "GET", "POST", "PUT"};
    static const int states[] = {200, 200, 200, 304, 404, 500, 503};

    add_address(text, dice);
    text_add(text, " - %s [", dice_roll(dice, 3) ? "-" : dice_word(dice));
    add_time(text, dice, ':');
    text_add(text, " +0000] \"%s ", methods[dice_roll(dice, 5)]);
    add_path(text, dice);
    text_add(text, " HTTP/1.1\" %d %d", states[dice_roll(dice, 7)], dice_roll(dice, 100000));
}

static void add_pairs(struct text *text, struct dice *dice)
{
    static const char *const levels[] = {"debug", "info", "info", "warn", "error"};

    add_time(text, dice, 'T');
    text_add(text, ".%03dZ level=%s id=%08x duration=%dms", dice_roll(dice, 1000),
             levels[dice_roll(dice, 5)], (unsigned)dice_roll(dice, 0x7fffffff),
             dice_roll(dice, 3000));
    if (dice_roll(dice, 2)) {
        text_add(text, " user=");
        add_mail(text, dice);
    }
    for (int i = dice_roll(dice, 5); i > 0; i--)
        text_add(text, dice_roll(dice, 3) ? " %s=%s" : " %s=\"the %s \\\"quoted\\\"\"",
                 dice_word(dice), dice_word(dice));
}

static void add_words(struct text *text, struct dice *dice)
{
    for (int i = 6 + dice_roll(dice, 18); i > 0; i--)
        text_add(text, "%s ",
                 dice_roll(dice, 12) ? dice_word(dice)
                                     : "gr\xc3\xb6\xc3\x9f"
                                       "er");
    switch (dice_roll(dice, 6)) {
    case 0:
        text_add(text, "FATAL: out of memory in %s:%d", dice_word(dice), dice_roll(dice, 900));
        break;
    case 1:
        text_add(text, "error: connection timed out, retry #%d, from ", dice_roll(dice, 9));
        add_address(text, dice);
        break;
    case 2:
        text_add(text, "mail to ");
        add_mail(text, dice);
        text_add(text, " and ");
        add_mail(text, dice);
        break;
    default:
        break;
    }
}

void logs_add_line(struct text *text, struct dice *dice)
{
    switch (dice_roll(dice, 4)) {
    case 0:
    case 1:
        add_access(text, dice);
        break;
    case 2:
        add_pairs(text, dice);
        break;
    default:
        add_words(text, dice);
    }
}
