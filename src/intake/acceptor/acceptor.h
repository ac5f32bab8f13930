/*
 * The write path of everything the public submits: takes all that waits, one transaction, one flush,
 * then every answer. Holds the lock for some 20 ms at most, then yields to staff.
 */
#ifndef INTAKE_ACCEPTOR_ACCEPTOR_H
#define INTAKE_ACCEPTOR_ACCEPTOR_H
#include "intake/acceptor/message.h"
#include "intake/acceptor/reserve.h"
#include "intake/acceptor/sweep.h"
#include "lib/store/db.h"
#include "vault/keeper.h"

enum { ACCEPTOR_BATCH = 1024, ACCEPTOR_LOT = 64, ACCEPTOR_HOLD_MS = 20 }; /* LOT: so many go through side by side; the time is looked at between two */
enum { IDEM_DAYS = 3 };    /* the stored answer of a submission, for who sends it again */
enum { REPLY_DAYS = 30 }; /* an answer goes so many days after it was first shown */

/* What one commit wrote, for the log of the keeper: SHA-256 over the SHA-256 of each sealed column, in order. */
struct accepted {
    ptrdiff_t taken;   /* messages that have their verdict; the rest wait for the next batch */
    uint32_t rows;
    uint8_t digest[32];
    id tip;            /* the last that was stored; zero: none */
};
struct acceptor_limits {
    int64_t now;                     /* Unix seconds: days in messages must be about today */
    int64_t (*monotonic_ms)(void);
    int64_t hold_ms;
};
/*
 * Stores messages[0..n) in one transaction and fills their verdicts, which may be sent when this
 * returns OK: by then everything is on disk. BUSY: another writer held the lock, nothing was taken.
 * LIMIT: the disk is full and nothing was taken; whoever waits is to be told no. FAULT: nothing may be acknowledged;
 * the process must end. Answers point into a.
 */
status acceptor_take(struct db *db, struct arena *a, struct acceptor_limits limits, const str *messages, ptrdiff_t n,
                     struct verdict *verdicts, struct accepted *out) MUST_CHECK;
/* Forgets what has outlived its days (LIMIT: not now, the disk is full): answers of repeated submissions (72 h), read replies, unvisited mailboxes. */
status acceptor_sweep(struct db *db, int64_t today) MUST_CHECK;
/*
 * A part of the same in one short transaction, if the wall clock is to be believed; else an event of the log, and nothing is forgotten.
 * *more: another part may be left. c is of this process.
 */
status acceptor_sweep_by(struct db *db, struct sweep_clock *c, int64_t now, int64_t monotonic_ms, bool *more) MUST_CHECK;
/* Whether the acceptor believed the clock when it last looked, and today is the day of that look or the next: for all others that forget by days. */
status acceptor_believes(struct db *db, int64_t today, bool *believed) MUST_CHECK;

struct acceptor_place {
    struct db *db;
    const int *channels;             /* one to each public worker */
    ptrdiff_t channel_count;
    struct keeper *keeper;           /* NOTE after each commit; NULL in tests */
    struct reserve *reserve;         /* of the disk the database is on; NULL: none, as where the database is elsewhere */
    int64_t (*now)(void);
    int64_t (*monotonic_ms)(void);
};
/* Until every channel is closed (0) or a fault (1). */
int acceptor_main(const struct acceptor_place *p);
#endif
