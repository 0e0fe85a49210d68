/*
 * replay.c - runs a fuzz target over the files of its corpus, without libFuzzer.
 *
 * usage: fuzz_NAME CORPUS_FOLDER: every file once, also cut off at some lengths, so that ordinary
 * test runs look at truncated input too. Prints how many inputs ran.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of exactly that size, so that ASan sees a step beyond the end. */
static void run(const char *data, size_t len)
{
    uint8_t *copy = mem_alloc(len);

    if (len)
        memcpy(copy, data, len);
    LLVMFuzzerTestOneInput(copy, len);
    free(copy);
}

static size_t replay(const char *path)
{
    struct strbuf content = {0};
    struct err err = {0};
    size_t step, runs = 0;

    if (!file_read(path, (size_t)64 << 20, &content, &err)) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    step = content.len / 64 + 1;
    for (size_t len = 0; len < content.len; len += step, runs++)
        run(content.data, len);
    run(strbuf_text(&content), content.len);
    strbuf_release(&content);
    return runs + 1;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    struct dirent *entry;
    size_t runs = 0;

    if (!folder) {
        fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
        return 2;
    }
    while ((entry = readdir(folder))) {
        char *path = mem_format("%s/%s", argv[1], entry->d_name);

        if (entry->d_name[0] != '.')
            runs += replay(path);
        free(path);
    }
    closedir(folder);
    printf("%zu inputs\n", runs);
    return runs ? 0 : 1;
}
