#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    FIRST_ROOM = 4096,
    LONGEST_PIECE = 1024, /* what one text_add() may add */
};

void text_add(struct text *text, const char *format, ...)
{
    va_list words;
    int length;

    if (text->room - text->length < LONGEST_PIECE) {
        text->room = text->room ? 2 * text->room : FIRST_ROOM;
        text->bytes = realloc(text->bytes, text->room);
        if (!text->bytes)
            abort();
    }
    va_start(words, format);
    length = vsnprintf(text->bytes + text->length, LONGEST_PIECE, format, words);
    va_end(words);
    if (length < 0 || length >= LONGEST_PIECE)
        abort();
    text->length += (size_t)length;
}

void text_clear(struct text *text)
{
    text->length = 0;
}

void text_release(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}

int dice_roll(struct dice *dice, int limit)
{
    /* Knuth's MMIX generator; its low bits repeat soon, so the high ones are taken. */
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return (int)((dice->state >> 33) % (uint64_t)limit);
}

const char *dice_word(struct dice *dice)
{
    static const char *const words[] = {
        "amber",  "border", "copper", "daily",  "ember",  "forest", "garden", "harbour",
        "island", "jasper", "kernel", "ladder", "meadow", "number", "orange", "paper",
        "quartz", "river",  "silver", "timber", "urban",  "velvet", "winter", "yellow",
        "anchor", "bridge", "castle", "dragon", "engine", "falcon", "guitar", "hollow",
    };

    return words[dice_roll(dice, (int)(sizeof(words) / sizeof(words[0])))];
}

uint64_t text_checksum(uint64_t sum, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        sum = (sum ^ (unsigned char)bytes[i]) * 0x100000001b3;
    return sum;
}
