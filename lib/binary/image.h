/*
 * image.h - an ELF executable or shared library: segments, build id, function symbols, code.
 *
 * Life cycle: image_open(), queries, image_close(). Returned pointers belong to the image.
 * Address spaces: `off` is an offset in the file, `vaddr` a link-time virtual address; where a
 * process had it loaded is not known here (off = ip - map_start + map_pgoff).
 * Source of the format: System V ABI, chapter 4 and 5 (ELF); the build id is the note
 * NT_GNU_BUILD_ID.
 */
#ifndef BINARY_IMAGE_H
#define BINARY_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct image;

enum image_machine {
    IMAGE_OTHER,
    IMAGE_X86_64,
    IMAGE_AARCH64,
};

/* A symbol that names code; aliases of one address appear once. */
struct image_symbol {
    uint64_t start_vaddr, end_vaddr; /* [start, end) */
    const char *name;
    bool is_local; /* not known outside its compile unit, or hidden when it was linked */
    bool is_tail;  /* what lies behind another symbol within this one: no function starts here */
};

/* NULL on failure: ERR_NOT_FOUND, ERR_IO, ERR_FORMAT (not ELF, damaged), ERR_UNSUPPORTED. */
struct image *image_open(const char *path, struct err *err) MUST_CHECK;
void image_close(struct image *image); /* NULL is fine */

const char *image_path(const struct image *image);
const char *image_build_id(const struct image *image); /* lower-case hexadecimal, "" if none */
enum image_machine image_machine(const struct image *image);

/*
 * A separate file of debug information (debug_file.h), once: from then on symbols and DWARF come
 * from there, as far as the image itself has none. Whether it belongs to the image was checked by
 * who found it. False: ERR_NOT_FOUND, ERR_IO, ERR_FORMAT (no debug information in it).
 */
MUST_CHECK bool image_attach_debug(struct image *image, const char *path, struct err *err);
bool image_has_debug(const struct image *image);

/* The file that .gnu_debuglink names, and its checksum; NULL: none. */
const char *image_debug_link(const struct image *image, uint32_t *crc);

/*
 * Is there a full symbol table? If not, what DWARF knows may take its place: symbolizer.h adds
 * it. image_order_symbols() after the last one; names must live as long as the image.
 */
bool image_has_symbols(const struct image *image);
void image_add_symbol(struct image *image, const struct image_symbol *symbol);
void image_order_symbols(struct image *image);

/* The program header that holds `off`, with file content, decides; false if none does. */
bool image_off_to_vaddr(const struct image *image, uint64_t off, uint64_t *vaddr);

/* Where the first executable segment starts, and the first of all, in whole pages; 0: none. */
uint64_t image_code_start(const struct image *image);
uint64_t image_start(const struct image *image);

/* Is [off, off + len) what the system maps of an executable segment, in whole pages? */
bool image_is_code_extent(const struct image *image, uint64_t off, uint64_t len);

/* All function symbols, sorted by address, not overlapping. */
const struct image_symbol *image_symbols(const struct image *image, size_t *count);
const struct image_symbol *image_find_symbol(const struct image *image, uint64_t vaddr);

/* The bytes of [start, end) if one segment's file content holds them all; NULL if not. */
const uint8_t *image_data(const struct image *image, uint64_t start_vaddr, uint64_t end_vaddr);

/* The same, if that segment is executable. */
const uint8_t *image_code(const struct image *image, uint64_t start_vaddr, uint64_t end_vaddr);

/*
 * Gives back the memory of what was read of the files; it comes again from the system's cache. Not
 * after libelf has decompressed a section in place: its header would be the old one again.
 */
void image_forget(const struct image *image);

/* Is there code: in an executable section, or segment if the sections are stripped? Never at 0. */
bool image_is_code(const struct image *image, uint64_t vaddr);

/* Only for the other files of lib/binary: the Elf * of libelf; of the file with DWARF. */
void *image_elf(const struct image *image);
void *image_debug_elf(const struct image *image);

/*
 * The build id of a file, without the cost of an image: "" where there is none or the file cannot
 * be read as ELF. free() it.
 */
char *image_read_build_id(const char *path);

/* Does the system start it by a dynamic loader (PT_INTERP)? What is not ELF, a script, may. */
bool image_needs_loader(const char *path);

#endif
