#include "profile/weighted.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"

#define MAX_WEIGHT 1000000

bool weighted_parse(const char *word, char **path, uint64_t *weight, struct err *err)
{
    const char *at = strrchr(word, '@');
    size_t len = strlen(word);
    uint64_t number = 1;

    if (at && at != word && !file_exists(word) && number_parse_u64(at + 1, &number)) {
        if (number == 0 || number > MAX_WEIGHT)
            return err_set(err, ERR_USAGE, "%s: expected a weight of 1 to %d, found '%s'", word,
                           MAX_WEIGHT, at + 1);
        len = (size_t)(at - word);
    }
    *path = mem_format("%.*s", (int)len, word);
    *weight = number;
    return true;
}
