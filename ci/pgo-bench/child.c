#include "pgo-bench/child.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define GRACE_S 2.0 /* between SIGTERM and SIGKILL */

/* What is open during one run; -1 is closed. */
struct descriptors {
    int null, errors;
    int start[2]; /* the child's errno if it could not become the command; closed by exec */
};

static double now_s(void)
{
    return (double)clock_steady_ns() * 1e-9;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

void child_runner_init(struct child_runner *runner, double timeout_s, int cpu)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct sigaction current;

    *runner = (struct child_runner){.timeout_s = timeout_s, .cpu = cpu};
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&runner->waited);
    sigaddset(&runner->waited, SIGCHLD);
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
        if (sigaction(ends[i], NULL, &current) == 0 && current.sa_handler != SIG_IGN)
            sigaddset(&runner->waited, ends[i]);
    sigprocmask(SIG_BLOCK, &runner->waited, &runner->original);
}

void child_runner_end(struct child_runner *runner)
{
    if (runner->interrupted_by)
        raise(runner->interrupted_by); /* held back: delivered by the next line */
    sigprocmask(SIG_SETMASK, &runner->original, NULL);
}

static void close_all(struct descriptors *fds)
{
    int all[] = {fds->null, fds->errors, fds->start[0], fds->start[1]};

    for (size_t i = 0; i < ARRAY_SIZE(all); i++)
        if (all[i] >= 0)
            close(all[i]);
    *fds = (struct descriptors){-1, -1, {-1, -1}};
}

static bool open_all(struct descriptors *fds, struct err *err)
{
    *fds = (struct descriptors){-1, -1, {-1, -1}};
    fds->null = open("/dev/null", O_RDWR | O_CLOEXEC);
    fds->errors = memfd_create("standard error", MFD_CLOEXEC);
    if (fds->null >= 0 && fds->errors >= 0 && pipe2(fds->start, O_CLOEXEC) == 0)
        return true;
    err_errno(err, "a new run", "cannot open its descriptors");
    close_all(fds);
    return false;
}

/* In the child: becomes the command, or tells the parent why not. */
NORETURN static void become(const struct child_runner *runner, const struct command *command,
                            const struct descriptors *fds, int output_fd)
{
    int code;

    setpgid(0, 0);
    if ((runner->cpu == CPU_ANY || cpu_pin(runner->cpu)) && dup2(fds->null, STDIN_FILENO) >= 0 &&
        dup2(output_fd >= 0 ? output_fd : fds->null, STDOUT_FILENO) >= 0 &&
        dup2(fds->errors, STDERR_FILENO) >= 0) {
        sigprocmask(SIG_SETMASK, &runner->original, NULL);
        execv(command->program, command->words);
    }
    code = errno;
    if (write(fds->start[1], &code, sizeof(code)) < 0)
        _exit(126);
    _exit(127);
}

static bool start(const struct child_runner *runner, const struct command *command,
                  struct descriptors *fds, int output_fd, pid_t *pid, struct err *err)
{
    int code;

    *pid = fork();
    if (*pid < 0)
        return err_errno(err, command->program, "cannot start a process");
    if (*pid == 0)
        become(runner, command, fds, output_fd);
    setpgid(*pid, *pid); /* here too: whichever comes first */
    close(fds->start[1]);
    fds->start[1] = -1;
    if (read(fds->start[0], &code, sizeof(code)) != sizeof(code))
        return true; /* closed by a successful exec */
    waitpid(*pid, NULL, 0);
    errno = code;
    err_errno(err, command->program, "cannot run");
    return err_hint(err,
                    "is it built for this machine? does a script's first line name a program?");
}

/* Waits for the child, a signal to us (returned), or the deadline (-1); 0: the child has ended. */
static int wait_until(const sigset_t *waited, pid_t pid, double deadline_s, int *status,
                      struct rusage *usage)
{
    for (;;) {
        double left_s = deadline_s - now_s();
        struct timespec left;
        int signal_number;

        if (wait4(pid, status, WNOHANG, usage) == pid)
            return 0;
        if (left_s <= 0)
            return -1;
        left.tv_sec = (time_t)left_s;
        left.tv_nsec = (long)((left_s - (double)left.tv_sec) * 1e9);
        signal_number = sigtimedwait(waited, NULL, &left);
        if (signal_number > 0 && signal_number != SIGCHLD)
            return signal_number;
    }
}

/* Ends the whole group: asked first, then forced. */
static void end_group(pid_t pid, int *status, struct rusage *usage)
{
    sigset_t child_only;
    int event;

    sigemptyset(&child_only);
    sigaddset(&child_only, SIGCHLD);
    kill(-pid, SIGTERM);
    event = wait_until(&child_only, pid, now_s() + GRACE_S, status, usage);
    kill(-pid, SIGKILL);
    if (event != 0)
        wait4(pid, status, 0, usage);
}

/* The last line that the command wrote to standard error, cut to the size. */
static void last_line(int fd, char *out, size_t size)
{
    off_t end = lseek(fd, 0, SEEK_END);
    off_t from = end >= (off_t)size ? end - (off_t)size + 1 : 0;
    ssize_t got = pread(fd, out, size - 1, from);
    char *newline;

    out[got > 0 ? got : 0] = '\0';
    while (got > 0 && (out[got - 1] == '\n' || out[got - 1] == '\r'))
        out[--got] = '\0';
    newline = strrchr(out, '\n');
    if (newline)
        memmove(out, newline + 1, strlen(newline));
}

static bool check_status(const struct command *command, int status, int errors_fd, struct err *err)
{
    char said[200];

    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    last_line(errors_fd, said, sizeof(said));
    if (WIFSIGNALED(status))
        err_set(err, ERR_UNSUPPORTED, "ended by signal %d (%s)%s%s", WTERMSIG(status),
                strsignal(WTERMSIG(status)), *said ? ", its last words: " : "", said);
    else
        err_set(err, ERR_UNSUPPORTED, "exit code %d, expected 0%s%s", WEXITSTATUS(status),
                *said ? ", its last words: " : "", said);
    return err_hint(err, "a run that fails cannot be compared; try it alone: %s", command->text);
}

/* The run, once the command has started. */
static bool finish(struct child_runner *runner, const struct command *command, pid_t pid,
                   double start_s, int errors_fd, struct sample *sample, struct err *err)
{
    struct rusage usage;
    int status, event;

    event = wait_until(&runner->waited, pid, start_s + runner->timeout_s, &status, &usage);
    if (event != 0)
        end_group(pid, &status, &usage);
    if (event > 0) {
        runner->interrupted_by = event;
        return err_set(err, ERR_IO, "interrupted: %s", strsignal(event));
    }
    if (event < 0) {
        err_set(err, ERR_LIMIT, "still running after %g s, ended", runner->timeout_s);
        return err_hint(err, "if it needs longer, allow it: --timeout=SECONDS");
    }
    if (!check_status(command, status, errors_fd, err))
        return false;
    *sample = (struct sample){.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime),
                              .wall_s = now_s() - start_s,
                              .peak_bytes = (uint64_t)usage.ru_maxrss * 1024};
    return true;
}

bool child_run(struct child_runner *runner, const struct command *command, int output_fd,
               struct sample *sample, struct err *err)
{
    double start_s = now_s();
    struct descriptors fds;
    bool done = false;
    pid_t pid;

    if (!open_all(&fds, err))
        return false;
    if (start(runner, command, &fds, output_fd, &pid, err) &&
        finish(runner, command, pid, start_s, fds.errors, sample, err))
        done = true;
    close_all(&fds);
    return done || err_prepend(err, "%s: ", command->label);
}
