#include "binary/debug_file.h"

#include <dlfcn.h>
#include <elfutils/debuginfod.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/path.h"

#define SYSTEM_FOLDER "/usr/lib/debug"

static void note(struct strbuf *tried, const char *where)
{
    strbuf_add_format(tried, "%s%s", tried->len ? ", " : "", where);
}

static const char *folder_at(const struct debug_places *places, size_t index)
{
    return index < places->folder_count ? places->folders[index] : SYSTEM_FOLDER;
}

static bool has_build_id(const char *path, const char *build_id)
{
    char *found = image_read_build_id(path);
    bool is_it = strcmp(found, build_id) == 0;

    free(found);
    return is_it;
}

/* FOLDER/.build-id/ab/cdefSUFFIX */
static char *find_by_build_id(const char *build_id, const char *suffix,
                              const struct debug_places *places, struct strbuf *tried)
{
    if (strlen(build_id) < 3)
        return NULL;
    for (size_t i = 0; i <= places->folder_count; i++) {
        char *path = mem_format("%s/.build-id/%.2s/%s%s", folder_at(places, i), build_id,
                                build_id + 2, suffix);

        note(tried, path);
        if (has_build_id(path, build_id))
            return path;
        free(path);
    }
    return NULL;
}

/* CRC-32 with the polynomial 0xedb88320, as GDB's manual gives it. */
static uint32_t checksum(const uint8_t *bytes, size_t len)
{
    uint32_t table[256], crc = UINT32_MAX;

    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
    }
    for (size_t i = 0; i < len; i++)
        crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xff];
    return ~crc;
}

static bool has_checksum(const char *path, uint32_t expected)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* the name may be of a pipe */
    bool is_it = false;
    struct stat info;
    void *content;

    if (fd < 0)
        return false;
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0) {
        content = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (content != MAP_FAILED) {
            is_it = checksum(content, (size_t)info.st_size) == expected;
            munmap(content, (size_t)info.st_size);
        }
    }
    close(fd);
    return is_it;
}

/* Takes `path`: gives it back, or frees it. */
static char *check_link(char *path, uint32_t crc, struct strbuf *tried)
{
    note(tried, path);
    if (has_checksum(path, crc))
        return path;
    free(path);
    return NULL;
}

static char *find_by_link(const struct image *image, const struct debug_places *places,
                          struct strbuf *tried)
{
    uint32_t crc;
    const char *name = image_debug_link(image, &crc);
    char *absolute, *beside, *path;

    if (!name)
        return NULL;
    absolute = path_absolute(image_path(image));
    beside = path_folder(absolute);
    path = check_link(mem_format("%s/%s", beside, name), crc, tried);
    if (!path)
        path = check_link(mem_format("%s/.debug/%s", beside, name), crc, tried);
    for (size_t i = 0; !path && i <= places->folder_count; i++) {
        path = check_link(mem_format("%s%s/%s", folder_at(places, i), beside, name), crc, tried);
        if (!path && i < places->folder_count)
            path = check_link(mem_format("%s/%s", folder_at(places, i), name), crc, tried);
    }
    free(beside);
    free(absolute);
    return path;
}

/* libdebuginfod brings libcurl and all that it needs: it is loaded when it is asked, not before. */
struct client {
    void *library;
    __typeof__(&debuginfod_begin) begin;
    __typeof__(&debuginfod_end) end;
    __typeof__(&debuginfod_find_debuginfo) find_debuginfo;
    __typeof__(&debuginfod_find_executable) find_executable;
};

static bool load_client(struct client *client)
{
    client->library = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!client->library)
        return false;
    client->begin = dlsym(client->library, "debuginfod_begin");
    client->end = dlsym(client->library, "debuginfod_end");
    client->find_debuginfo = dlsym(client->library, "debuginfod_find_debuginfo");
    client->find_executable = dlsym(client->library, "debuginfod_find_executable");
    return client->begin && client->end && client->find_debuginfo && client->find_executable;
}

/* The library stays loaded: libcurl leaves threads and handlers behind. */
static char *ask_servers(const char *build_id, bool executable, struct strbuf *tried)
{
    struct client client = {0};
    debuginfod_client *session;
    char *path = NULL, *copy = NULL;
    int fd;

    if (!load_client(&client)) {
        note(tried, "no server, since libdebuginfod is not installed");
        return NULL;
    }
    note(tried, "the servers of DEBUGINFOD_URLS");
    session = client.begin();
    if (!session)
        return NULL;
    /* a length of 0 says that the build id is hexadecimal text */
    fd = (executable ? client.find_executable
                     : client.find_debuginfo)(session, (const unsigned char *)build_id, 0, &path);
    if (fd >= 0) {
        close(fd);
        copy = mem_strdup(path);
        free(path);
    }
    client.end(session);
    return copy;
}

char *debug_file_find(const struct image *image, const struct debug_places *places,
                      struct strbuf *tried)
{
    const char *build_id = image_build_id(image);
    char *path = find_by_build_id(build_id, ".debug", places, tried);

    if (!path)
        path = find_by_link(image, places, tried);
    if (!path && places->ask_servers && build_id[0])
        path = ask_servers(build_id, false, tried);
    return path;
}

char *debug_file_find_executable(const char *build_id, const struct debug_places *places,
                                 struct strbuf *tried)
{
    char *path = find_by_build_id(build_id, "", places, tried);

    if (!path && places->ask_servers && build_id[0])
        path = ask_servers(build_id, true, tried);
    return path;
}
