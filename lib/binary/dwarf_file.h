/*
 * dwarf_file.h - the DWARF sections of a file, and the units of split DWARF beside it.
 *
 * Life cycle: dwarf_sections_read() on an open ELF file, which must outlive the sections, then
 * dwarf_sections_release(); dwarf_split_find() for each skeleton unit, dwarf_split_close() at the
 * end. A split unit lies in BINARY.dwp, or in the .dwo file that the skeleton names: by its whole
 * path, below the folder of the compilation, or beside the binary. The id of both decides. Source
 * of the format: DWARF 5, sections 7.3.2 (split units) and 7.3.5 (packages); for DWARF 4 GCC's
 * wiki, DebugFission and DebugFissionDWP.
 */
#ifndef BINARY_DWARF_FILE_H
#define BINARY_DWARF_FILE_H

#include "base/err.h"
#include "base/memory.h"
#include "binary/dwarf_cu.h"

/*
 * Those of an executable or debug file, or (is_split) of a .dwo or .dwp. Compressed ones are
 * decompressed. `elf` is an Elf *. False: ERR_UNSUPPORTED (compressed by what neither libelf nor
 * libzstd can do), ERR_FORMAT (damaged).
 */
MUST_CHECK bool dwarf_sections_read(void *elf, bool is_split, struct dwarf_sections *sections,
                                    struct err *err);
void dwarf_sections_release(struct dwarf_sections *sections);

struct dwarf_split {
    const char *binary_path;    /* borrowed */
    struct split_file *package; /* NULL: none, if it was looked for */
    bool is_package_known;
    struct split_file **files; /* the .dwo, and the package */
    size_t file_count, file_capacity;
    size_t missing_count; /* skeletons whose split unit was not found */
    char *missing;        /* the name of the first of them, heap */
};

/*
 * The unit that belongs to an open skeleton with this DIE: read, not open. It lives until
 * dwarf_split_close(). False: not found, or of another build.
 */
bool dwarf_split_find(struct dwarf_split *split, const struct dwarf_cu *skeleton,
                      const struct dwarf_die *die, struct dwarf_cu *cu);
void dwarf_split_close(struct dwarf_split *split);

#endif
