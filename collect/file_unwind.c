#include "file_unwind.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/byteset.h"
#include "base/file.h"
#include "base/memory.h"
#include "binary/image.h"
#include "binary/image_search.h"
#include "binary/unwind_table.h"
#include "stack_unwind.h"

struct unwound_file {
    struct image *image; /* borrowed; NULL: cannot be used */
    uint64_t header_vaddr;
    bool has_table;
};

struct file_unwinder {
    struct stack_unwinder *unwinder;
    struct byteset names; /* file and build id; by id: */
    struct unwound_file *files;
    size_t count, capacity;
    struct binaries *binaries;
    struct image *vdso; /* NULL: not needed yet */

    /* of the sample at hand */
    const struct address_spaces *spaces;
    uint32_t pid;
    const struct unwound_file *file; /* found last: what is read lies in it */
    uint64_t bias;                   /* ip - vaddr, in it */
};

#if defined(__x86_64__)

#include <asm/perf_regs.h>

/* In the order of DWARF's numbers; the ip is the last. */
static const uint8_t registers[STACK_REGISTERS] = {
    PERF_REG_X86_AX,  PERF_REG_X86_DX,  PERF_REG_X86_CX,  PERF_REG_X86_BX,  PERF_REG_X86_SI,
    PERF_REG_X86_DI,  PERF_REG_X86_BP,  PERF_REG_X86_SP,  PERF_REG_X86_R8,  PERF_REG_X86_R9,
    PERF_REG_X86_R10, PERF_REG_X86_R11, PERF_REG_X86_R12, PERF_REG_X86_R13, PERF_REG_X86_R14,
    PERF_REG_X86_R15, PERF_REG_X86_IP};

uint64_t file_unwind_registers(void)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < STACK_REGISTERS; i++)
        mask |= UINT64_C(1) << registers[i];
    return mask;
}

/* The kernel wrote those of the mask, the lowest bit first. False: not all that are needed. */
static bool read_registers(const struct perf_record *record, uint64_t *values)
{
    uint64_t mask = record->sample.register_mask;

    if ((mask & file_unwind_registers()) != file_unwind_registers())
        return false;
    for (size_t i = 0; i < STACK_REGISTERS; i++) {
        uint64_t below = mask & ((UINT64_C(1) << registers[i]) - 1);

        values[i] = perf_record_register(record, (size_t)__builtin_popcountll(below));
    }
    return true;
}

#else

uint64_t file_unwind_registers(void)
{
    return 0;
}

static bool read_registers(const struct perf_record *record, uint64_t *values)
{
    (void)record;
    (void)values;
    return false;
}

#endif

struct file_unwinder *file_unwinder_new(struct binaries *binaries)
{
    struct file_unwinder *unwinder = mem_alloc(sizeof(*unwinder));

    *unwinder = (struct file_unwinder){.unwinder = stack_unwinder_new(), .binaries = binaries};
    return unwinder;
}

void file_unwinder_free(struct file_unwinder *unwinder)
{
    if (!unwinder)
        return;
    image_close(unwinder->vdso);
    stack_unwinder_free(unwinder->unwinder);
    byteset_release(&unwinder->names);
    free(unwinder->files);
    free(unwinder);
}

/* The one of this process, which is everybody's; its section headers are its end. */
static struct image *open_vdso(void)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)getauxval(AT_SYSINFO_EHDR); /* 0: none */
    int fd = header ? memfd_create("vdso", MFD_CLOEXEC) : -1;
    struct image *image = NULL;
    struct err ignored = {0};

    if (fd < 0)
        return NULL;
    if (file_write_fd(fd, header,
                      header->e_shoff + (size_t)header->e_shnum * header->e_shentsize)) {
        char *path = mem_format("/proc/self/fd/%d", fd);

        image = image_open(path, &ignored);
        free(path);
    }
    close(fd);
    return image;
}

static bool is_vdso(const struct code_mapping *mapping)
{
    return strcmp(mapping->file, "[vdso]") == 0;
}

/* Ours, if it is that of the recording. */
static struct image *find_vdso(struct file_unwinder *unwinder, const struct code_mapping *mapping)
{
    struct image_wanted wanted = {mapping->file, mapping->build_id, mapping->pgoff,
                                  mapping->limit_ip - mapping->start_ip};

    if (!unwinder->vdso)
        unwinder->vdso = open_vdso();
    if (!unwinder->vdso)
        return NULL;
    if (mapping->build_id[0] ? strcmp(image_build_id(unwinder->vdso), mapping->build_id) != 0
                             : !image_is_as_large(unwinder->vdso, &wanted))
        return NULL;
    return unwinder->vdso;
}

static struct unwound_file open_file(struct file_unwinder *unwinder,
                                     const struct code_mapping *mapping)
{
    struct unwound_file file = {0};

    if (is_vdso(mapping))
        file.image = find_vdso(unwinder, mapping);
    else
        file.image = binaries_find(unwinder->binaries, mapping->file, mapping->build_id,
                                   mapping->pgoff, mapping->limit_ip - mapping->start_ip);

    file.has_table = file.image && unwind_table_find(file.image, &file.header_vaddr);
    return file;
}

static const struct unwound_file *find_file(struct file_unwinder *unwinder,
                                            const struct code_mapping *mapping)
{
    const char *key[] = {mapping->file, mapping->build_id}; /* interned: equal by pointer */
    uint32_t id = byteset_add(&unwinder->names, key, sizeof(key));

    if (id == unwinder->count)
        *ARRAY_PUSH(unwinder->files, unwinder->count, unwinder->capacity) =
            open_file(unwinder, mapping);
    return &unwinder->files[id];
}

static bool find_object(void *context, uint64_t ip, struct eh_object *object)
{
    struct file_unwinder *unwinder = context;
    uint32_t id = address_spaces_find(unwinder->spaces, unwinder->pid, ip);
    const struct code_mapping *mapping;
    const struct unwound_file *file;
    uint64_t vaddr;

    if (id == ADDRESS_SPACE_NONE)
        return false;
    mapping = &unwinder->spaces->mappings[id];
    file = find_file(unwinder, mapping);
    if (!file->has_table ||
        !image_off_to_vaddr(file->image, ip - mapping->start_ip + mapping->pgoff, &vaddr))
        return false;
    unwinder->file = file;
    unwinder->bias = ip - vaddr;
    *object = (struct eh_object){mapping->start_ip, mapping->limit_ip,
                                 file->header_vaddr + unwinder->bias};
    return true;
}

static bool read_file(void *context, uint64_t ip, void *bytes, size_t len)
{
    const struct file_unwinder *unwinder = context;
    uint64_t vaddr = ip - unwinder->bias;
    const uint8_t *data =
        unwinder->file ? image_data(unwinder->file->image, vaddr, vaddr + len) : NULL;

    if (data)
        memcpy(bytes, data, len);
    return data != NULL;
}

size_t file_unwind(struct file_unwinder *unwinder, const struct address_spaces *spaces,
                   const struct perf_record *record, uint64_t *ips)
{
    enum { STACK_POINTER = 7 };
    struct eh_source source = {find_object, read_file, unwinder};
    uint64_t values[STACK_REGISTERS];
    struct stack_copy stack = {
        .registers = values, .bytes = record->sample.stack, .len = record->sample.stack_bytes};
    enum stack_end end;

    if (!unwinder->unwinder || !read_registers(record, values)) {
        ips[0] = record->sample.ip;
        return 1;
    }
    stack.start = values[STACK_POINTER];
    unwinder->spaces = spaces;
    unwinder->pid = record->pid;
    unwinder->file = NULL;
    return stack_unwind(unwinder->unwinder, &source, &stack, ips, FILE_UNWIND_MAX_FRAMES, &end);
}
