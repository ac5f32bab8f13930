/* The two-way box without a name: found by a receipt, opened by the keeper, holding our answers only. */
#ifndef INTAKE_MAILBOX_MAILBOX_H
#define INTAKE_MAILBOX_MAILBOX_H
#include "lib/store/db.h"
#include "vault/envelope.h"
#include "vault/keeper.h"

enum { REPLIES_SHOWN = 64, REPLY_TEXT_MOST = 8192, ADDITION_MOST = 65536 };
enum reply_tag { REPLY_TEXT = 1, REPLY_AT = 2 }; /* the words; exact time, 8 bytes */

struct mailbox {
    uint8_t locator[16], open[KEY];
    uint32_t pepper;        /* filled by mailbox_find */
    id tip, office;         /* office: to whose ring further words are sealed; zero where nobody knows; filled by mailbox_find */
    int64_t expires_day;
};
struct reply {
    id id;
    int64_t day, read_day;  /* read_day 0: not shown yet */
    str sealed;             /* table TABLE_REPLY, keybox names the mailbox */
};
struct replies {
    struct reply *at;
    ptrdiff_t len;
    bool older; /* there are more than REPLIES_SHOWN, older than these */
};
/* NOT_FOUND also when its days are over. */
status mailbox_find(struct db *db, const struct locator *at, int64_t today, struct mailbox *out) MUST_CHECK;
/* For staff: the box of a tip. Compare its open key with the sealed one of the tip before sealing to it. */
status mailbox_of_tip(struct db *db, id tip, int64_t today, struct mailbox *out) MUST_CHECK;
/* Further words go to that office. Inside the transaction that moves the tip. OK also without a box. */
status mailbox_move(struct db *db, id tip, id office) MUST_CHECK;
/* The newest REPLIES_SHOWN, of them the oldest first; those whose days after reading are over are left out. */
status reply_list(struct db *db, struct arena *a, const uint8_t locator[16], int64_t today, struct replies *out) MUST_CHECK;

/* An answer, sealed to the box: what reply_add stores. at: exact Unix seconds, shown to the person as a day. */
str reply_seal(struct sealer *s, int64_t monotonic_ms, struct arena *a, const struct mailbox *to, id reply, str words, int64_t at);
status reply_add(struct db *db, const struct mailbox *to, id reply, int64_t day, str sealed) MUST_CHECK;
#endif
