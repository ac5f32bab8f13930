#include "app/control.h"
#include "lib/crypt/crypt.h"
#include "lib/os/channel.h"
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_MS = 2000 };

/* Only the account that runs the program, or root, may speak here; the socket's mode says so already. */
static bool is_us(int fd)
{
    struct ucred c;
    socklen_t len = sizeof c;
    return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c, &len) && (c.uid == getuid() || c.uid == 0);
}

/* What passes here opens the house: message is wiped by the caller. */
static void relay(int caller, int keeper, uint8_t message[KEEPER_MESSAGE_MAX])
{
    ptrdiff_t n;
    /* An answer nobody waited for must not be taken for this one. */
    while (channel_receive(keeper, message, KEEPER_MESSAGE_MAX, 0, &n) == OK)
        ;
    if (channel_receive(caller, message, KEEPER_MESSAGE_MAX, PATIENCE_MS, &n) != OK
        || channel_send(keeper, (str){ (char *)message, n }, PATIENCE_MS) != OK
        || channel_receive(keeper, message, KEEPER_MESSAGE_MAX, PATIENCE_MS, &n) != OK)
        return;
    (void)!channel_send(caller, (str){ (char *)message, n }, PATIENCE_MS); /* a caller gone is no fault */
}

void control_serve(int listening_fd, int keeper_fd)
{
    uint8_t message[KEEPER_MESSAGE_MAX];
    int caller = accept4(listening_fd, NULL, NULL, SOCK_CLOEXEC);
    if (caller < 0)
        return;
    if (is_us(caller))
        relay(caller, keeper_fd, message);
    wipe(message, sizeof message);
    close(caller);
}
