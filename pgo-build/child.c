#include "child.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static volatile pid_t child; /* the signal handler must find it */

static void pass_on(int number)
{
    if (child > 0)
        kill(child, number);
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;

    sigaction(number, NULL, &old);
    if (old.sa_handler != SIG_IGN) /* nohup stays in force */
        sigaction(number, &action, NULL);
}

bool child_start(const char *path, char *const *argv, int errors_fd, struct err *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all, before;
    pid_t pid;
    int code;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &before);
    if (errors_fd >= 0)
        posix_spawn_file_actions_adddup2(&actions, errors_fd, STDERR_FILENO);
    code = posix_spawn(&pid, path, &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (code == 0) {
        child = pid;
        handle(SIGINT, SIG_IGN);
        handle(SIGQUIT, SIG_IGN);
        handle(SIGTERM, pass_on);
        handle(SIGHUP, pass_on);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = code;
    return code == 0 || err_errno(err, path, "cannot run");
}

int child_wait(void)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    child = 0;
    return status;
}

int child_end_like(int status)
{
    struct rlimit no_core = {0, 0};
    sigset_t one;

    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    setrlimit(RLIMIT_CORE, &no_core); /* the core worth having is the child's */
    signal(WTERMSIG(status), SIG_DFL);
    sigemptyset(&one);
    sigaddset(&one, WTERMSIG(status));
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    raise(WTERMSIG(status));
    return 128 + WTERMSIG(status);
}

int child_start_code(const struct err *err)
{
    return err->kind == ERR_NOT_FOUND ? CHILD_NOT_FOUND : CHILD_NOT_EXECUTABLE;
}
