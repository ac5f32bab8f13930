#include "app/doors.h"
#include "app/command.h"
#include "lib/os/process.h"

/* "127.0.0.1:8080" -> the host alone and the port. */
static bool split_address(const char *address, struct door *d)
{
    str s = str_of(address);
    int64_t port;
    ptrdiff_t colon = s.len;
    while (colon > 0 && s.at[colon - 1] != ':')
        colon--;
    if (colon < 2 || !str_to_int(str_part(s, colon, s.len), &port) || port < 0 || port > 65535) {
        complain("%s is not an address like 127.0.0.1:8080", address);
        return false;
    }
    snprintf(d->host, sizeof d->host, "%.*s", (int)(colon - 1), s.at);
    d->port = (int)port;
    return true;
}

/* Counts are for whoever keeps this machine: no other address. */
static bool watch_address_fits(const char *address, struct door *d)
{
    if (!address)
        return true;
    if (!str_starts(str_of(address), lit("127.")) && !str_starts(str_of(address), lit("[::1]:"))) {
        complain("%s is not this machine alone: the counts are served on 127.0.0.1 or [::1]", address);
        return false;
    }
    return split_address(address, d);
}

bool doors_read(const char *public_address, const char *staff_address, const char *watch_address, struct doors *out)
{
    *out = (struct doors){ { .name = "public", .fd = -1 }, { .name = "staff", .fd = -1 }, { .name = "watch", .fd = -1 } };
    if (!split_address(public_address, &out->of_public) || !watch_address_fits(watch_address, &out->of_watch))
        return false;
    if (staff_address)
        return split_address(staff_address, &out->of_staff);
    memcpy(out->of_staff.host, out->of_public.host, sizeof out->of_staff.host);
    out->of_staff.port = out->of_public.port ? out->of_public.port + 1 : 0;
    return true;
}

static bool listen_at(struct door *d)
{
    char address[96];
    snprintf(address, sizeof address, "%s:%d", d->host, d->port);
    status s = socket_listen(str_of(address), &d->fd, &d->port);
    if (s != OK)
        complain(s == INVALID    ? "%s is not an address like 127.0.0.1:8080"
                 : s == CONFLICT ? "%s is taken by another program; choose another port"
                                 : "cannot listen on %s",
                 address);
    return s == OK;
}

static bool open_door(struct door *d, int *given)
{
    status s = socket_given(d->name, &d->fd, d->host, &d->port);
    if (s == OK)
        ++*given;
    if (s == INVALID)
        complain("the socket named %s that was handed over is no listening TCP socket", d->name);
    return s == NOT_FOUND ? listen_at(d) : s == OK;
}

bool doors_open(struct doors *d)
{
    int given = 0;
    if (*d->of_watch.host && !listen_at(&d->of_watch))
        return false;
    if (!open_door(&d->of_public, &given) || !open_door(&d->of_staff, &given))
        return false;
    /* Whoever handed over a socket means it to be served: a name that nobody knows must not end in a house that listens elsewhere. */
    if (given == socket_given_count())
        return true;
    complain("%d sockets were handed over and %d of them are named public or staff (FileDescriptorName= in the socket unit)",
             socket_given_count(), given);
    return false;
}
