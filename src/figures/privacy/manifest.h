/*
 * The manifest of a release: what was made, under which budget, and the hash of each file, for machines. Whoever has the folder can
 * check it (privacy_verify); two persons may sign it. docs/release.md has the format.
 */
#ifndef FIGURES_PRIVACY_MANIFEST_H
#define FIGURES_PRIVACY_MANIFEST_H
#include "figures/privacy/privacy.h"
#include "figures/privacy/release.h"
#include "lib/crypt/crypt.h"

enum { MANIFEST_FILES = 4, MANIFEST_BYTES = 1 << 20 }; /* privacy.html, codebook.json, manifest.json, manifest.sig; the longest manifest */

struct manifest {
    str mechanism, name, scope, year, terms, codebook, version, rho, head;
    const uint8_t *codebook_hash, *request; /* LEDGER_HASH bytes each */
    int64_t spend;                          /* the ledger's line */
};
struct manifest_keys {
    struct sign_pair at[SIGNS_MOST]; /* wiped by their owner */
    int len;
};
/* The keys of n files. False: said names what to mend; one key twice is no second person. */
bool manifest_keys_read(struct arena *a, const char *const *paths, int n, struct manifest_keys *out, struct said *said);
/* Adds codebook.json, manifest.json and, with keys, manifest.sig to files, which have room for them, and sorts all by their names. */
void manifest_add(struct arena *a, const struct manifest *m, str codebook_text, const struct manifest_keys *keys,
                  struct release_files *files);
#endif
