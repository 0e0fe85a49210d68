#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

/* The held child: waits for a byte, then becomes the command. Never returns. */
static NORETURN void become(char *const *argv, char *const *variables, int hold_fd, int error_fd)
{
    ssize_t got;
    char go;
    int code;

    do
        got = read(hold_fd, &go, 1);
    while (got < 0 && errno == EINTR);
    if (got == 1) {
        signal(SIGPIPE, SIG_DFL); /* main() ignores it, and that would be inherited */
        for (; variables && *variables; variables++)
            putenv(*variables);
        execvp(argv[0], argv);
        code = errno;
        (void)!write(error_fd, &code, sizeof(code));
    }
    _exit(127);
}

bool target_start(struct target *target, char *const *argv, char *const *variables, struct err *err)
{
    int hold[2], error[2];
    pid_t pid;

    if (pipe2(hold, O_CLOEXEC) != 0)
        return err_errno(err, argv[0], "cannot create a pipe");
    if (pipe2(error, O_CLOEXEC) != 0) {
        close(hold[0]);
        close(hold[1]);
        return err_errno(err, argv[0], "cannot create a pipe");
    }
    pid = fork();
    if (pid == 0) {
        close(hold[1]); /* so that our end closes the pipe */
        become(argv, variables, hold[0], error[1]);
    }
    close(hold[0]);
    close(error[1]);
    *target = (struct target){.pid = pid,
                              .pid_fd = -1,
                              .is_command = true,
                              .command = argv[0],
                              .hold_fd = hold[1],
                              .error_fd = error[0]};
    if (pid < 0) {
        err_errno(err, argv[0], "cannot start a process");
        target_close(target);
        return false;
    }
    target->pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    return true;
}

bool target_go(struct target *target, struct err *err)
{
    int code = 0;
    ssize_t got;

    if (!file_write_fd(target->hold_fd, "", 1))
        return err_errno(err, target->command, "cannot start");
    do
        got = read(target->error_fd, &code, sizeof(code));
    while (got < 0 && errno == EINTR);
    if (got != sizeof(code)) /* closed by exec */
        return true;
    target->exec_errno = errno = code;
    err_errno(err, target->command, "cannot run");
    if (code == ENOENT)
        err_hint(err, "after -- comes a program, by path or on PATH");
    return false;
}

bool target_attach(struct target *target, pid_t pid, struct err *err)
{
    int pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);

    if (pid_fd < 0 && (errno == ESRCH || errno == EINVAL || errno == ENOENT)) {
        err_set(err, ERR_NOT_FOUND, "-p %d: no such process", (int)pid);
        return err_hint(err, "`pgrep NAME` prints the process ids of a running program");
    }
    if (pid_fd < 0 && errno != ENOSYS)
        return err_set(err, ERR_IO, "-p %d: %s", (int)pid, strerror(errno));
    *target = (struct target){.pid = pid, .pid_fd = pid_fd, .hold_fd = -1, .error_fd = -1};
    return true;
}

void target_machine(struct target *target)
{
    *target = (struct target){.pid_fd = -1, .hold_fd = -1, .error_fd = -1};
}

void target_check(struct target *target)
{
    struct pollfd fd = {.fd = target->pid_fd, .events = POLLIN};
    int status;

    if (target->ended || target->pid == 0)
        return;
    if (!target->is_command) {
        target->ended = target->pid_fd >= 0 ? poll(&fd, 1, 0) == 1
                                            : kill(target->pid, 0) != 0 && errno == ESRCH;
        return;
    }
    if (waitpid(target->pid, &status, WNOHANG) != target->pid)
        return;
    target->ended = true;
    target->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void target_close(struct target *target)
{
    close_fd(&target->hold_fd);
    close_fd(&target->error_fd);
    close_fd(&target->pid_fd);
}
