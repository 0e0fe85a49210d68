#include "words.h"

#include <string.h>

/* splitmix64 */
uint64_t chance_next(struct chance *chance)
{
    uint64_t mixed = chance->state += 0x9e3779b97f4a7c15;

    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
}

uint32_t chance_below(struct chance *chance, uint32_t limit)
{
    return (uint32_t)((chance_next(chance) >> 32) * limit >> 32);
}

/* The number's syllables, the last digit first: frequent words are short. */
size_t word_write(uint32_t number, char out[WORD_SIZE])
{
    static const char consonants[] = "bdfgklmnprstvz", vowels[] = "aeiou";
    size_t length = 0;

    do {
        out[length++] = consonants[number % 14];
        out[length++] = vowels[number / 14 % 5];
        number /= 70;
    } while (number);
    out[length] = "nrlt"[length / 2];
    out[length + 1] = '\0';
    return length + 1;
}

/* The cube makes word 0 about as much more frequent than word 1000 as a text does. */
size_t word_random(struct chance *chance, char out[WORD_SIZE])
{
    static const char *const endings[] = {"", "", "", "", "", "s", "ed", "ing"};
    uint64_t part = chance_next(chance) >> 43; /* 21 bits */
    uint64_t number = (part * part >> 21) * part * WORDS_COUNT >> 42;
    size_t length = word_write((uint32_t)number, out);
    const char *ending = endings[chance_below(chance, 8)];
    size_t ending_length = strlen(ending);

    memcpy(out + length, ending, ending_length + 1);
    return length + ending_length;
}
