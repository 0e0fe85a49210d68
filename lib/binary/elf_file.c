#include "binary/elf_file.h"

#include <fcntl.h>
#include <libelf.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void elf_file_close(struct elf_file *file)
{
    elf_end(file->elf);
    if (file->data)
        munmap(file->data, file->len);
    *file = (struct elf_file){0};
}

/*
 * Not by libelf, which would not say whether it has mapped or read it: see elf_file_forget().
 * Writable, since libelf changes the headers of sections that it decompresses; the file stays as it
 * is.
 */
bool elf_file_open(struct elf_file *file, const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* the name may be of a pipe */
    struct stat info;
    bool done;

    if (fd < 0)
        return err_errno(err, path, "cannot open");
    done = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0;
    if (done) {
        file->data = mmap(NULL, (size_t)info.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
        file->len = (size_t)info.st_size;
        done = file->data != MAP_FAILED;
    }
    close(fd);
    if (!done) {
        file->data = NULL;
    } else {
        elf_version(EV_CURRENT);
        file->elf = elf_memory(file->data, file->len);
    }
    if (file->elf && elf_kind(file->elf) == ELF_K_ELF)
        return true;
    elf_file_close(file);
    return err_set(err, ERR_FORMAT, "%s: not an ELF executable or shared library", path);
}

void elf_file_forget(const struct elf_file *file)
{
    if (file->data)
        madvise(file->data, file->len, MADV_DONTNEED);
}
