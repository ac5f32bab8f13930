/* The statements of the acceptor. Each is one step inside the transaction that acceptor.c holds. */
#ifndef INTAKE_ACCEPTOR_ACCEPTOR_STORE_H
#define INTAKE_ACCEPTOR_ACCEPTOR_STORE_H
#include "intake/acceptor/message.h"
#include "intake/acceptor/sweep.h"
#include "lib/store/db.h"

/* Put off until db_settle; 0 rows changed: it stands already. A mailbox is of a tip that was put before, as are the other rows of a tip. */
void idem_claim(struct db *db, const struct submission *s, int64_t *changed);
void tip_put(struct db *db, const struct submission *s, int64_t *changed);
void mailbox_put(struct db *db, const struct submission *s, int64_t *changed);
void source_put(struct db *db, const struct submission *s, int64_t *changed);
/* NOT_FOUND: nothing is kept for this key. */
status idem_answer(struct db *db, struct arena *a, const struct submission *s, str *answer) MUST_CHECK;
/* Takes back what is left of a tip that did not become one. */
status tip_take_back(struct db *db, const struct submission *s, bool stands) MUST_CHECK;
/* NOT_FOUND: no such mailbox for that tip. CONFLICT: this very addition stands already. */
status addition_put(struct db *db, const struct submission *s) MUST_CHECK;
status source_forget(struct db *db, id tip) MUST_CHECK;
status visit_put(struct db *db, const struct submission *s) MUST_CHECK;
/* A part of what has outlived its days; *more: there may be more of it. */
status intake_sweep(struct db *db, int64_t today, bool *more) MUST_CHECK;
status sweep_kept_find(struct db *db, struct sweep_kept *out) MUST_CHECK; /* all zero when there was none */
status sweep_kept_put(struct db *db, const struct sweep_kept *kept) MUST_CHECK;
#endif
