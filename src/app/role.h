/*
 * Roles: what one process of the house is, which descriptors it is given, and how that is said on
 * the command line of its re-execution. A descriptor's meaning never comes from a message.
 */
#ifndef APP_ROLE_H
#define APP_ROLE_H
#include "lib/base/base.h"
#include "lib/os/cage.h"
#include "vault/keeper.h"

enum process_kind { PROCESS_KEEPER, PROCESS_ACCEPTOR, PROCESS_WEB_PUBLIC, PROCESS_WEB_STAFF, PROCESS_JOBS, PROCESS_WATCH, PROCESS_ENGINE, PROCESS_KINDS };
enum { ROLE_CLIENTS = 48, ROLE_FDS = ROLE_CLIENTS + 7, ROLE_ARGUMENTS = ROLE_CLIENTS + 15 };

struct role_start {
    enum process_kind role;
    int number;                       /* told to the supervisor on the ready pipe */
    int listen, keeper, acceptor, ready, board, witness, engine; /* -1: not given */
    int clients[ROLE_CLIENTS];        /* keeper, acceptor and engine: the ends they serve */
    int client_roles[ROLE_CLIENTS];   /* keeper: enum keeper_role of each; engine: enum engine_asker */
    int client_count;
    bool secure, uncaged;
};
/* Its cage (src/app/cages.c has the table), and that of the supervisor. */
const struct cage *role_cage(enum process_kind role);
extern const struct cage supervisor_cage;
const char *role_name(enum process_kind role);
struct role_start role_start(enum process_kind role);
void role_add_client(struct role_start *s, int fd, int role);
/* argv of the re-execution, NULL-ended, and the descriptors to keep; how many of these. */
ptrdiff_t role_arguments(const struct role_start *s, const char *folder, char text[ROLE_ARGUMENTS][64],
                         const char *arguments[ROLE_ARGUMENTS], int keep[ROLE_FDS]);
bool role_read(int argc, char **argv, struct role_start *out, const char **folder);
#endif
