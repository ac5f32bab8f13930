/* Processes: roles of one binary, started by re-execution so that each gets an address layout of its own. */
#ifndef LIB_OS_PROCESS_H
#define LIB_OS_PROCESS_H
#include "lib/base/base.h"
#include <sys/types.h>

/*
 * Starts this very binary again with the given arguments (NULL ends them). Only the descriptors in
 * keep stay open beyond 0, 1 and 2. The child dies with its parent and gains no privileges. FAULT: none was started, and
 * *out is 0.
 */
status process_start(const char *const *arguments, const int *keep, ptrdiff_t keep_count, pid_t *out) MUST_CHECK;
/* Descriptors 3 and up that are not in keep are closed; for the start of a role. */
void process_close_others(const int *keep, ptrdiff_t keep_count);

/* A listening TCP socket on "127.0.0.1:8080" or "[::1]:8080"; port 0 takes a free one, written to *port. */
status socket_listen(str address, int *fd, int *port) MUST_CHECK;
/* How many sockets systemd handed to this process (LISTEN_FDS, as sd_listen_fds(3) describes it); 0 when it was not started by one. */
int socket_given_count(void);
/*
 * The listening TCP socket that was handed over under this name, made non-blocking and closed on exec; host has room for 64 bytes and an
 * IPv6 address comes in brackets. NOT_FOUND: there is none of that name; INVALID: it is no such socket.
 */
status socket_given(const char *name, int *fd, char host[64], int *port) MUST_CHECK;
/* A connection to such an address, non-blocking, made within wait_ms. INVALID: no such address; NOT_FOUND: nobody took it. */
status socket_connect(str address, int wait_ms, int *fd) MUST_CHECK;
/* A listening local socket at path, mode 0600; an old one is replaced. */
status socket_listen_local(const char *path, int *fd) MUST_CHECK;
status socket_connect_local(const char *path, int *fd) MUST_CHECK;
/* Takes the lock of the data folder for the life of the process; CONFLICT when another holds it. */
status folder_lock(const char *path) MUST_CHECK;
#endif
