#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"

extern char **environ;

static bool is_program(const char *path)
{
    struct stat status;

    return access(path, X_OK) == 0 && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static bool is_same_folder(const char *a, const char *b)
{
    struct stat first, second;

    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

char *process_find(const char *name, const char *path, const char *but_not)
{
    if (strchr(name, '/'))
        return is_program(name) ? mem_strdup(name) : NULL;
    if (!path)
        path = getenv("PATH");
    while (path && *path) {
        size_t len = strcspn(path, ":");
        char *folder = len ? mem_format("%.*s", (int)len, path) : mem_strdup(".");
        char *file = mem_format("%s/%s", folder, name);
        bool found = is_program(file) && !(but_not && is_same_folder(folder, but_not));

        free(folder);
        if (found)
            return file;
        free(file);
        path += len + (path[len] == ':');
    }
    return NULL;
}

/* The three pipes to a child, from the parent's side; -1 is closed. */
struct pipes {
    int input, output, errors;
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static bool start(const char *const *argv, struct pipes *pipes, pid_t *pid, struct err *err)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, errors[2] = {-1, -1};
    posix_spawn_file_actions_t actions;
    int code;

    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(errors, O_CLOEXEC) != 0) {
        for (int i = 0; i < 2; i++) {
            close_fd(&in[i]);
            close_fd(&out[i]);
        }
        return err_errno(err, argv[0], "cannot create pipes");
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors[1], STDERR_FILENO);
    code = posix_spawnp(pid, argv[0], &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    close(errors[1]);
    *pipes = (struct pipes){.input = in[1], .output = out[0], .errors = errors[0]};
    if (code == 0)
        return true;
    close_fd(&pipes->input);
    close_fd(&pipes->output);
    close_fd(&pipes->errors);
    errno = code;
    return err_errno(err, argv[0], "cannot run");
}

/* One read into `buf`; closes the descriptor at its end. */
static void take(int *fd, struct strbuf *buf)
{
    const size_t step = (size_t)64 * 1024;
    ssize_t got = read(*fd, strbuf_reserve(buf, step), step);

    if (got > 0) {
        buf->len += (size_t)got;
        buf->data[buf->len] = '\0';
    } else if (got == 0 || errno != EINTR) {
        close_fd(fd);
    }
}

static void give(int *fd, const char **input, size_t *len)
{
    ssize_t put = *len ? write(*fd, *input, *len) : 0;

    if (put > 0) {
        *input += put;
        *len -= (size_t)put;
    }
    if (*len == 0 || (put < 0 && errno != EINTR && errno != EAGAIN))
        close_fd(fd);
}

/* Moves bytes both ways until the child has closed its ends; false: more than the limit came. */
static bool exchange(struct pipes *pipes, const char *input, size_t input_len,
                     size_t max_output_bytes, struct process_result *result)
{
    fcntl(pipes->input, F_SETFL, O_NONBLOCK);
    while (pipes->output >= 0 || pipes->errors >= 0 || pipes->input >= 0) {
        struct pollfd fds[3] = {{.fd = pipes->input, .events = POLLOUT},
                                {.fd = pipes->output, .events = POLLIN},
                                {.fd = pipes->errors, .events = POLLIN}};

        if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
            break;
        if (fds[0].revents)
            give(&pipes->input, &input, &input_len);
        if (fds[1].revents)
            take(&pipes->output, &result->output);
        if (fds[2].revents)
            take(&pipes->errors, &result->errors);
        if (result->output.len + result->errors.len > max_output_bytes)
            return false;
    }
    return true;
}

bool process_run(const char *const *argv, const void *input, size_t input_len,
                 size_t max_output_bytes, struct process_result *result, struct err *err)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, saved;
    struct pipes pipes;
    bool within;
    int status;
    pid_t pid;

    if (!start(argv, &pipes, &pid, err))
        return false;
    sigaction(SIGPIPE, &ignore, &saved); /* a child that does not read its input */
    within = exchange(&pipes, input, input_len, max_output_bytes, result);
    sigaction(SIGPIPE, &saved, NULL);
    close_fd(&pipes.input);
    close_fd(&pipes.output);
    close_fd(&pipes.errors);
    if (!within)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!within)
        return err_set(err, ERR_LIMIT, "%s: printed more than %zu bytes", argv[0],
                       max_output_bytes);
    result->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
}

void process_result_release(struct process_result *result)
{
    strbuf_release(&result->output);
    strbuf_release(&result->errors);
}
