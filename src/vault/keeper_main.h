/* The keeper as a process: re-executed, so that it inherits nothing; its channels are given by number. */
#ifndef VAULT_KEEPER_MAIN_H
#define VAULT_KEEPER_MAIN_H
#include "vault/keeper.h"

/* Files of the data folder that are the keeper's. */
#define KEEPER_ANCHOR "anchor"
#define KEEPER_SECRET "keeper.secret"

struct keeper_channel {
    int fd;
    enum keeper_role role;
};
enum { KEEPER_CHANNELS = 64 };
/*
 * database: the keys database, a file or a URL. node: by which name this machine serves the house (docs/keys.md 4.5). Serves until a ROLE_CONTROL channel closes (0), or a commit fails or the house is not whole (1). Says HELLO on
 * every channel first, then calls ready (which may be NULL): never before the log was found whole. Between turns
 * its memory holds no person's secret: buffers and stack are wiped.
 */
typedef void keeper_ready(void *app);
int keeper_main(const char *folder, const char *database, str node, const struct keeper_channel *channels, ptrdiff_t n, keeper_ready *ready, void *app);
/* "FD:ROLE" as the supervisor writes it on the command line (ROLE: the number); false when it is not that. */
bool keeper_channel_read(str text, struct keeper_channel *out) MUST_CHECK;
#endif
