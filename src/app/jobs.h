/* The jobs role: what must happen without anybody asking. */
#ifndef APP_JOBS_H
#define APP_JOBS_H
#include "lib/store/db.h"
#include "vault/keeper.h"

/* Until told to stop. Notices from the outbox, and checkpoints. */
int jobs_run(struct db *db, struct keeper *keeper);
#endif
