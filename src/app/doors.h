/* The addresses of a house: what serve was told, or the sockets that systemd handed over. */
#ifndef APP_DOORS_H
#define APP_DOORS_H
#include "lib/base/base.h"

struct door {
    const char *name; /* under which systemd hands it over (FileDescriptorName=) */
    char host[80];
    int port, fd;
};
struct doors {
    struct door of_public, of_staff;
    struct door of_watch; /* fd -1: nobody watches; never handed over */
};
/* From the command line; staff NULL: the next port of the public address; watch NULL: none, and it must be of this machine. False: complained, wrong usage. */
bool doors_read(const char *public_address, const char *staff_address, const char *watch_address, struct doors *out);
/* Takes what was handed over, and listens where nothing was. False: complained. */
bool doors_open(struct doors *d);
#endif
