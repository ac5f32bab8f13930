/*
 * A release being made: the one way from a ledger to noise. Whoever touches records takes a struct release; what comes after takes only
 * what was measured, and needs neither records nor release. The later methods of this folder hang on the same hook.
 */
#ifndef FIGURES_PRIVACY_RELEASE_H
#define FIGURES_PRIVACY_RELEASE_H
#include "figures/privacy/ledger.h"

struct release {
    struct ledger *ledger;
    uint64_t rho, used; /* nano-rho: what the ledger holds for it, and what its noise has cost */
    int64_t spend;      /* its line in the ledger */
    uint8_t request[LEDGER_HASH];
    struct noise_source source;
};
/* The request's number: of all that decides what comes out. Equal parts give the same; nobody without the key can try data. */
void release_request(const struct ledger *l, const str *parts, ptrdiff_t n, uint8_t to[LEDGER_HASH]);
/*
 * OK: rho is spent, on the disk, and *out may draw noise for it. CONFLICT: the same request was made before, out->request and
 * out->spend are its, and nothing is spent. LIMIT: more than is left, or the other class; INVALID: words that are none; FAULT: the disk.
 */
status release_begin(struct ledger *l, const struct ledger_ask *ask, struct release *out, struct said *said) MUST_CHECK;
/*
 * Adds discrete Gaussian noise of that variance to n cells of one table, which one person changes by at most the root of sensitivity2
 * (L2). Its cost comes off the release; a table beyond what was spent is a bug of ours, and ends the process before it is drawn.
 */
void release_noise(struct release *r, struct ratio variance, uint64_t sensitivity2, int64_t *cells, ptrdiff_t n);
void release_end(struct release *r); /* no more noise: the source is wiped */

/* What a release consists of: files by name, in the order of bytes of their names. */
struct release_file {
    str name, content;
};
struct release_files {
    struct release_file *at;
    ptrdiff_t len;
};
/* Is there room for that many bytes, beside the ledger and where out shall stand? Asked before anything is spent. */
bool release_room(struct ledger *l, const char *out, int64_t bytes, struct said *said) MUST_CHECK;
/* Keeps the files in LEDGER.releases/REQUEST and notes it in the ledger: from here on the same request finds them. */
status release_store(struct release *r, const struct release_files *f, struct said *said) MUST_CHECK;
/* The files of a stored release. INVALID: they are gone or not what the ledger says. */
status release_stored(struct ledger *l, const struct ledger_spend *s, struct release_files *out, struct said *said) MUST_CHECK;
/* Is the folder there, with these files and no others? */
bool release_is_put(struct arena *a, const char *folder, const struct release_files *f);
/* A new folder with the files, whole or not at all. CONFLICT: there is something of that name. */
status release_put(struct arena *a, const char *folder, const struct release_files *f, struct said *said) MUST_CHECK;
#endif
