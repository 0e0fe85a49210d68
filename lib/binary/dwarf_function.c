#include "binary/dwarf_function.h"

#include <dwarf.h>

/* A copy names its origin, that perhaps another; damage could lead in a circle. */
#define MAX_ORIGINS 16

/* A DIE and the unit that it is in. */
struct place {
    struct dwarf_unit *unit;
    const struct dwarf_cu *cu;
    struct dwarf_die die;
};

bool dwarf_function_is(const struct dwarf_die *die)
{
    return die->tag == DW_TAG_inlined_subroutine ||
           (die->tag == DW_TAG_subprogram && !dwarf_die_number(die, FACT_DECLARATION));
}

/* The unit of the image's file that holds the offset; NULL if none does. */
static struct dwarf_unit *find_unit(struct dwarf_image *image, uint64_t off)
{
    size_t low = 0, high = image->unit_count;

    while (low < high) { /* the first unit that starts beyond off */
        size_t middle = low + (high - low) / 2;

        if (image->units[middle].cu.start_off <= off)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || image->units[low - 1].cu.end_off <= off)
        return NULL;
    return &image->units[low - 1];
}

/* To the DIE that a fact of the place refers to; false, and nothing changed, if there is none. */
static bool follow(struct dwarf_image *image, struct place *place, enum dwarf_fact fact)
{
    struct dwarf_unit *unit = place->unit;
    const struct dwarf_cu *cu = place->cu;
    uint64_t off;

    if (!dwarf_die_reference(cu, &place->die, fact, &off))
        return false;
    if (cu == &unit->cu && (off < cu->die_off || off >= cu->end_off)) {
        unit = find_unit(image, off);
        if (!unit)
            return false;
        dwarf_unit_open(image, unit);
        cu = &unit->cu;
    }
    if (!dwarf_cu_next(cu, &off, &place->die))
        return false;
    place->unit = unit;
    place->cu = cu;
    return true;
}

/* A concrete function may have a name of its own: GCC's constructors, of which one origin has two.
 */
static struct place find_origin(struct dwarf_image *image, struct dwarf_unit *unit,
                                const struct dwarf_die *die)
{
    struct place place = {unit, dwarf_unit_body(unit), *die};

    for (int i = 0; i < MAX_ORIGINS; i++)
        if (dwarf_die_has(&place.die, FACT_LINKAGE_NAME) || !follow(image, &place, FACT_ORIGIN))
            break;
    return place;
}

static void take(struct symbolizer_function *function, const struct place *place,
                 uint64_t *file_number)
{
    const struct dwarf_die *die = &place->die;

    if (!function->name[0])
        function->name = dwarf_die_text(place->cu, die, FACT_NAME);
    if (!function->linkage_name[0])
        function->linkage_name = dwarf_die_text(place->cu, die, FACT_LINKAGE_NAME);
    if (!function->start_line && dwarf_die_number(die, FACT_DECL_LINE) <= INT32_MAX)
        function->start_line = (uint32_t)dwarf_die_number(die, FACT_DECL_LINE);
    if (*file_number == UINT64_MAX && dwarf_die_has(die, FACT_DECL_FILE))
        *file_number = dwarf_die_number(die, FACT_DECL_FILE);
    if (dwarf_die_number(die, FACT_EXTERNAL))
        function->is_static = false;
}

static void describe(struct dwarf_image *image, struct place *place,
                     struct symbolizer_function *function)
{
    const struct dwarf_unit *unit = place->unit;
    uint64_t file_number = UINT64_MAX;

    *function = (struct symbolizer_function){.name = "", .linkage_name = "", .is_static = true};
    function->unit = unit->path;
    take(function, place, &file_number);
    for (int i = 0; i < MAX_ORIGINS &&
                    (follow(image, place, FACT_ORIGIN) || follow(image, place, FACT_SPECIFICATION));
         i++)
        take(function, place, &file_number);
    if (!function->linkage_name[0])
        function->linkage_name = function->name;
    if (!function->name[0])
        function->name = function->linkage_name;
    /* a split unit has a table of files of its own, which is not read */
    function->file =
        unit->is_split || place->unit != unit ? "" : dwarf_files_name(&unit->files, file_number);
}

struct symbolizer_function *dwarf_function_find(struct dwarf_image *image, struct dwarf_unit *unit,
                                                const struct dwarf_die *die)
{
    struct place place = find_origin(image, unit, die);
    const struct {
        const void *sections;
        uint64_t off;
    } key = {place.cu->sections, place.die.off};
    uint32_t id = byteset_add(&image->origins, &key, sizeof(key));

    if (id == image->function_count) {
        struct symbolizer_function *function = arena_alloc(&image->arena, sizeof(*function));

        describe(image, &place, function);
        *ARRAY_PUSH(image->functions, image->function_count, image->function_capacity) = function;
    }
    return image->functions[id];
}

const char *dwarf_function_name(struct dwarf_image *image, struct dwarf_unit *unit,
                                const struct dwarf_die *die)
{
    struct place place = find_origin(image, unit, die);
    const char *name = "";

    for (int i = 0; i < MAX_ORIGINS; i++) {
        const char *linkage_name = dwarf_die_text(place.cu, &place.die, FACT_LINKAGE_NAME);

        if (linkage_name[0])
            return linkage_name;
        if (!name[0])
            name = dwarf_die_text(place.cu, &place.die, FACT_NAME);
        if (!follow(image, &place, FACT_SPECIFICATION))
            break;
    }
    return name;
}
