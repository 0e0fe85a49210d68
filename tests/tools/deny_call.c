/*
 * deny_call.c - runs a command to which the kernel refuses one system call, as containers do.
 *
 * usage: deny_call perf_event_open|process_vm_readv|timer_create COMMAND [ARG...]; exit 77 where
 * seccomp cannot be used.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int find_call(const char *name)
{
    if (strcmp(name, "perf_event_open") == 0)
        return SYS_perf_event_open;
    if (strcmp(name, "process_vm_readv") == 0)
        return SYS_process_vm_readv;
    return strcmp(name, "timer_create") == 0 ? SYS_timer_create : -1;
}

int main(int argc, char **argv)
{
    int call = argc > 2 ? find_call(argv[1]) : -1;
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};

    if (call < 0)
        return 2;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        perror("skipped: seccomp");
        return 77;
    }
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 127;
}
