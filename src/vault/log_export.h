/* The log as a file that anybody can prove (docs/audit-format.md). Reads the keys database, needs no key. */
#ifndef VAULT_LOG_EXPORT_H
#define VAULT_LOG_EXPORT_H
#include "lib/store/db.h"

/* Hands the log of one node over in pieces. NOT_FOUND: there is no such log. FAULT: the database, the anchor, or what write answered. *entries counts them. */
status log_export(struct db *keys, str anchor, uint32_t log, struct arena *a, status (*write)(void *to, str piece), void *to,
                  uint64_t *entries) MUST_CHECK;
#endif
