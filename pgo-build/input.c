#include "input.h"

#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "base/path.h"

static const struct {
    const char *name; /* of a suffix, or of a language after -x */
    enum input_kind kind;
} suffixes[] = {{"c", INPUT_SOURCE},    {"i", INPUT_SOURCE},   {"cc", INPUT_SOURCE},
                {"cp", INPUT_SOURCE},   {"cxx", INPUT_SOURCE}, {"cpp", INPUT_SOURCE},
                {"CPP", INPUT_SOURCE},  {"c++", INPUT_SOURCE}, {"C", INPUT_SOURCE},
                {"ii", INPUT_SOURCE},   {"h", INPUT_HEADER},   {"hh", INPUT_HEADER},
                {"hpp", INPUT_HEADER},  {"hxx", INPUT_HEADER}, {"cppm", INPUT_SOURCE},
                {"s", INPUT_ASSEMBLY},  {"S", INPUT_ASSEMBLY}, {"sx", INPUT_ASSEMBLY},
                {"asm", INPUT_ASSEMBLY}},
  languages[] = {{"c", INPUT_SOURCE},
                 {"c++", INPUT_SOURCE},
                 {"c-header", INPUT_HEADER},
                 {"c++-header", INPUT_HEADER},
                 {"cpp-output", INPUT_SOURCE},
                 {"c++-cpp-output", INPUT_SOURCE},
                 {"c++-module", INPUT_SOURCE},
                 {"assembler", INPUT_ASSEMBLY},
                 {"assembler-with-cpp", INPUT_ASSEMBLY}};

enum input_kind input_kind(const char *path, const char *language)
{
    const char *dot = strrchr(path_base(path), '.');

    if (language && strcmp(language, "none") != 0) {
        for (size_t i = 0; i < ARRAY_SIZE(languages); i++)
            if (strcmp(language, languages[i].name) == 0)
                return languages[i].kind;
        return INPUT_OTHER;
    }
    for (size_t i = 0; dot && i < ARRAY_SIZE(suffixes); i++)
        if (strcmp(dot + 1, suffixes[i].name) == 0)
            return suffixes[i].kind;
    return INPUT_OTHER;
}
