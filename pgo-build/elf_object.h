/*
 * elf_object.h - the sections of an object file that a compile has written.
 *
 * 64-bit ELF in this machine's byte order; the file is mapped, and what is returned points into
 * it. Every offset is checked: a damaged file has fewer sections, never a bad one.
 * Source of the format: the System V ABI, gabi "Object Files"; <elf.h>.
 */
#ifndef PGO_BUILD_ELF_OBJECT_H
#define PGO_BUILD_ELF_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/content.h"
#include "base/file.h"

struct elf_object {
    struct file_map map;
    size_t section_count;
    size_t table_off, names_off, names_len;
};

struct elf_section {
    const char *name;
    uint32_t type, link, info;
    uint64_t flags;
    const void *data; /* NULL: it takes no room in the file */
    size_t len;
};

/* false: it is something else, bitcode for instance. */
MUST_CHECK bool elf_object_open(struct elf_object *object, const char *path);
void elf_object_close(struct elf_object *object);

/* false: there is no section of that index, or it lies outside of the file. */
bool elf_object_section(const struct elf_object *object, size_t index, struct elf_section *section);

/*
 * A name for what the file says, wherever it says it. Left out are sections of pseudo-probes, which
 * clang does not write the same way twice, and build ids, which are of all bytes. Of a file that is
 * no object: of its bytes. false: it cannot be read.
 */
bool elf_object_content(const char *path, struct content_name *name);

#endif
