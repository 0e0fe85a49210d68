#include "profile/labels.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void labels_format(const struct profile_label *label, struct strbuf *out)
{
    strbuf_add_format(out, "%s=", label->key);
    if (label->text[0])
        strbuf_add_text(out, label->text);
    else
        strbuf_add_format(out, "%" PRId64, label->number);
}

static bool is_label(const struct profile_label *label, const char *wanted)
{
    size_t key_len = strlen(label->key);
    char number[24];

    snprintf(number, sizeof(number), "%" PRId64, label->number);
    return strncmp(wanted, label->key, key_len) == 0 && wanted[key_len] == '=' &&
           strcmp(wanted + key_len + 1, label->text[0] ? label->text : number) == 0;
}

static bool has_label(const struct profile_sample *sample, const char *wanted)
{
    for (uint32_t i = 0; i < sample->label_count; i++)
        if (is_label(&sample->labels[i], wanted))
            return true;
    return false;
}

static bool has_all(const struct profile_sample *sample, const char *const *labels, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!has_label(sample, labels[i]))
            return false;
    return true;
}

size_t labels_keep(struct profile *profile, const char *const *labels, size_t count)
{
    size_t kept = 0, before = profile->sample_count;

    for (size_t i = 0; i < before; i++)
        if (has_all(&profile->samples[i], labels, count))
            profile->samples[kept++] = profile->samples[i];
    profile->sample_count = kept;
    return before - kept;
}

bool labels_check(const char *word, struct err *err)
{
    if (strchr(word, '=') && word[0] != '=')
        return true;
    return err_set(err, ERR_USAGE, "--label: expected KEY=VALUE, found '%s'", word);
}
