/* The statements of the acceptor. Each is one step inside the transaction that acceptor.c holds. */
#ifndef INTAKE_ACCEPTOR_ACCEPTOR_STORE_H
#define INTAKE_ACCEPTOR_ACCEPTOR_STORE_H
#include "intake/acceptor/message.h"
#include "intake/acceptor/sweep.h"
#include "lib/store/db.h"

/* CONFLICT: the key was used before; *answer is what is kept for it. */
status idem_claim(struct db *db, struct arena *a, const struct submission *s, str *answer) MUST_CHECK;
status idem_release(struct db *db, const struct submission *s) MUST_CHECK;
/* CONFLICT: a tip or a mailbox of that name stands already; nothing of this one is left. */
status tip_put(struct db *db, const struct submission *s) MUST_CHECK;
/* NOT_FOUND: no such mailbox for that tip. CONFLICT: this very addition stands already. */
status addition_put(struct db *db, const struct submission *s) MUST_CHECK;
status source_forget(struct db *db, id tip) MUST_CHECK;
status visit_put(struct db *db, const struct submission *s) MUST_CHECK;
status intake_sweep(struct db *db, int64_t today) MUST_CHECK;
status sweep_kept_find(struct db *db, struct sweep_kept *out) MUST_CHECK; /* all zero when there was none */
status sweep_kept_put(struct db *db, const struct sweep_kept *kept) MUST_CHECK;
#endif
