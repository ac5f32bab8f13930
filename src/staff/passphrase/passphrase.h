/* What a passphrase must be, and its stretching in the worker that holds it anyway (docs/keys.md 1.4). */
#ifndef STAFF_PASSPHRASE_PASSPHRASE_H
#define STAFF_PASSPHRASE_PASSPHRASE_H
#include "lib/web/web.h"
#include "vault/keeper.h"

enum { PASSPHRASE_LEAST = 15, PASSPHRASE_MOST = 1024 }; /* characters; bytes */

enum passphrase_fault { PASSPHRASE_FITS, PASSPHRASE_SHORT, PASSPHRASE_LONG, PASSPHRASE_GARBLED, PASSPHRASE_COMMON };
/* NFKC into a; checked before any slow hash. typed is taken as it is, spaces included. */
enum passphrase_fault passphrase_read(struct arena *a, str typed, str *out);
const char *passphrase_words(enum passphrase_fault f); /* English source text of the message; "" when it fits */

/* Asks the keeper for a ticket for name and stretches under its cost. The passphrase is wiped. */
struct stretched {
    uint64_t ticket;
    uint8_t at[32];
};
status passphrase_stretch(struct keeper *k, str name, const uint8_t device[32], str passphrase, struct stretched *out) MUST_CHECK;

/* The fields pass and pass2 of a form: a new passphrase, typed twice. Notes what must be mended under "pass". */
str form_passphrase(struct form *f, struct arena *a);
/* Six digits, spaces ignored; UINT32_MAX, which never fits, for anything else. */
uint32_t sign_in_code(str typed);
/* Why the keeper refused, as English source text; no_match: one text for whatever did not match, since which of them is nobody's business. */
const char *sign_in_words(status s, const char *no_match);
#endif
