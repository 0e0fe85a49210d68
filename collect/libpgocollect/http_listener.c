#include "http_listener.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "http_handover.h"

static void close_if_open(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

bool http_listener_open(struct http_listener *listener, const char *address, struct err *err)
{
    listener->fd = listener->offer_fd = listener->holder_fd = -1;
    if (!http_address_parse(address, &listener->address, err))
        return false;
    listener->fd = http_address_listen(&listener->address, err);
    if (listener->fd < 0 && errno == EADDRINUSE && handover_ask(&listener->address))
        listener->fd = http_address_listen(&listener->address, err);
    if (listener->fd < 0)
        return false;
    listener->offer_fd = handover_offer(&listener->address);
    return true;
}

void http_listener_forget(struct http_listener *listener)
{
    close_if_open(&listener->fd);
    close_if_open(&listener->offer_fd);
    close_if_open(&listener->holder_fd);
}

void http_listener_close(struct http_listener *listener)
{
    if (listener->address.is_unix && listener->fd >= 0)
        unlink(listener->address.name.local.sun_path); /* while it is still ours */
    http_listener_forget(listener);
}

/* In this order: who asks finds the address free. */
void http_listener_give(struct http_listener *listener)
{
    pid_t pid;
    int client_fd = handover_accept(listener->offer_fd, &pid), holder_fd;

    if (client_fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
            close_if_open(
                &listener->offer_fd); /* it would stay readable: nobody can ask any more */
        return;
    }
    holder_fd = (int)syscall(SYS_pidfd_open, pid, 0); /* close-on-exec by itself */
    if (holder_fd < 0) {
        close(client_fd);
        return;
    }
    http_listener_close(listener);
    listener->holder_fd = holder_fd;
    handover_agree(client_fd);
}

bool http_listener_take_back(struct http_listener *listener)
{
    struct err err = {0};

    listener->fd = http_address_listen(&listener->address, &err);
    if (listener->fd < 0)
        return false;
    listener->offer_fd = handover_offer(&listener->address);
    close_if_open(&listener->holder_fd);
    return true;
}
