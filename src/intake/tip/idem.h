/* Idempotency (docs/keys.md 6): what a repeated submission finds, from nothing but the sender's key and words. */
#ifndef INTAKE_TIP_IDEM_H
#define INTAKE_TIP_IDEM_H
#include "lib/crypt/crypt.h"

struct idem {
    uint8_t name[16];        /* the unique column */
    uint8_t answer_key[KEY]; /* opens the stored answer; of key and body, so that another body opens nothing */
};
/* key: the 16 bytes of the client's UUID or of the page. */
struct idem idem_of(const uint8_t key[16], str body);
/* The form's key: of the page's and the body, so that the same page with other words is a further tip. */
void idem_form_key(const uint8_t page_key[16], str body, uint8_t key[16]);
/* "c56a4180-65aa-42ec-a945-5fd21dec0538", either case; any version. */
bool idem_uuid_read(str s, uint8_t key[16]) MUST_CHECK;

enum { ANSWER = 24, ANSWER_BOX = ANSWER + AEAD_MORE }; /* what is kept: the digits */
void idem_answer_seal(const struct idem *i, const char digits[ANSWER], uint8_t box[ANSWER_BOX]);
bool idem_answer_open(const uint8_t answer_key[KEY], const uint8_t name[16], str box, char digits[ANSWER]) MUST_CHECK;
#endif
