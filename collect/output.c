#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "profile/pprof.h"

static bool check_folder(const char *path, struct err *err)
{
    char *folder = path_folder(path);
    bool done = access(folder, W_OK | X_OK) == 0;

    if (!done) {
        err_errno(err, path, "cannot write");
        err_hint(err, "the folder '%s' must exist and be writable; or give -o FILE", folder);
    }
    free(folder);
    return done;
}

bool output_check(const char *path, bool force, struct err *err)
{
    struct stat status;

    if (strcmp(path, "-") == 0) {
        if (!isatty(STDOUT_FILENO))
            return true;
        err_set(err, ERR_USAGE, "-o -: a profile is not written to a terminal");
        return err_hint(err, "give -o FILE, or redirect standard output");
    }
    if (stat(path, &status) != 0)
        return check_folder(path, err);
    if (S_ISDIR(status.st_mode))
        return err_set(err, ERR_USAGE, "%s: is a folder, expected a file to write", path);
    if (!S_ISREG(status.st_mode)) /* a pipe, /dev/null */
        return true;
    if (force)
        return check_folder(path, err);
    err_set(err, ERR_IO, "%s: exists already, not overwritten", path);
    return err_hint(err, "use -f to overwrite it, or -o FILE");
}

bool output_write(const char *path, bool force, const struct profile *profile, size_t *bytes,
                  struct err *err)
{
    struct strbuf data = {0};
    bool done;

    pprof_write(profile, &data);
    done = file_write(path, data.data, data.len, force ? FILE_REPLACE : FILE_KEEP, err);
    if (done)
        *bytes = data.len;
    strbuf_release(&data);
    return done;
}
