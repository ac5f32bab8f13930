/* The jobs role: does the outbox's work, witnesses the log, ends what has been kept its time, and checkpoints the content database. */
#ifndef APP_JOBS_H
#define APP_JOBS_H
#include "app/jobs_keep.h"
#include "app/witness.h"
#include "vault/keeper.h"

struct jobs {
    struct db *db;
    struct keeper *keeper;
    struct chance chance;
    struct witnesses witnesses;
    struct jobs_keep keep;
    bool first;  /* of the first node, which alone sends mail: its log is the one that has a day's mail */
    int witness; /* the file of checkpoints, open for appending; -1: none */
    int relay;   /* a connection for one mail; -1: none */
    bool asked;  /* the relay was asked for that connection at the start, whether it came or not; one mail is tried by it */
};
/*
 * Before the cage: sees to it that a row of the outbox waits for the next mail, and connects to the relay when it is due. A caged role
 * makes no connection, so one that owes a mail ends, and its successor comes by here.
 */
status jobs_prepare(struct jobs *j) MUST_CHECK;
int jobs_run(struct jobs *j); /* until a fault, or until a mail is due; the exit code */
#endif
