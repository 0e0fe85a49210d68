#include "stack_sites.h"

#include <stdlib.h>

#include "base/memory.h"
#include "call_sites.h"
#include "fold.h"

static void find_site(const struct profile *profile, const struct profile_location *location,
                      struct binary *const *binaries, struct stack_site *site)
{
    struct binary *binary = location->mapping == PROFILE_NONE ? NULL : binaries[location->mapping];
    const struct image_symbol *function;

    site->entry_vaddr = STACK_SITE_NO_ENTRY;
    if (!binary || !binary->symbolizer ||
        !binaries_find_vaddr(binary, &profile->mappings[location->mapping], location->ip,
                             &site->vaddr))
        return;
    site->binary = binary;
    function = image_find_symbol(binary->image, site->vaddr);
    if (function && fold_is_entry(binary->image, function->start_vaddr))
        site->entry_vaddr = function->start_vaddr;
}

static int compare(const void *left, const void *right)
{
    const struct stack_site *a = *(struct stack_site *const *)left;
    const struct stack_site *b = *(struct stack_site *const *)right;

    if (a->binary != b->binary)
        return a->binary < b->binary ? -1 : 1;
    return a->vaddr < b->vaddr ? -1 : a->vaddr > b->vaddr;
}

/* Those that a stack has as callers, in the order of the code. */
static struct stack_site **find_callers(const struct profile *profile, struct stack_site *sites,
                                        size_t *count)
{
    struct stack_site **callers = mem_array(profile->location_count, sizeof(struct stack_site *));

    *count = 0;
    for (size_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];

        for (uint32_t j = 1; j < sample->location_count; j++) {
            struct stack_site *site = &sites[sample->locations[j]];

            if (!site->binary || site->is_call)
                continue;
            site->is_call = true;
            callers[(*count)++] = site;
        }
    }
    if (*count)
        qsort(callers, *count, sizeof(struct stack_site *), compare);
    return callers;
}

/* Of one binary. Where its code cannot be read every caller is believed: the fold says why. */
static void check_callers(struct stack_site **callers, size_t count)
{
    struct err ignored = {0};
    struct call_sites *sites = call_sites_open(callers[0]->binary->image, &ignored);

    for (size_t i = 0; sites && i < count; i++)
        callers[i]->is_call = call_sites_is_call(sites, callers[i]->vaddr);
    call_sites_close(sites);
}

struct stack_site *stack_sites_find(const struct profile *profile, struct binary *const *binaries)
{
    struct stack_site *sites = mem_array(profile->location_count, sizeof(*sites)), **callers;
    size_t count, end;

    for (size_t i = 0; i < profile->location_count; i++)
        find_site(profile, &profile->locations[i], binaries, &sites[i]);
    callers = find_callers(profile, sites, &count);
    for (size_t start = 0; start < count; start = end) {
        for (end = start + 1; end < count && callers[end]->binary == callers[start]->binary;)
            end++;
        check_callers(&callers[start], end - start);
    }
    free(callers);
    return sites;
}
