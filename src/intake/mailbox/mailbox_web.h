/* Coming back with a receipt: our answers, more words, less sharing. */
#ifndef INTAKE_MAILBOX_MAILBOX_WEB_H
#define INTAKE_MAILBOX_MAILBOX_WEB_H
#include "intake/mailbox/mailbox.h"
#include "intake/public/public.h"
#include "vault/receipt.h"

struct return_page {
    struct public_page page;
    str action, tip, receipt, receipt_problem, notice;
    str message, key; /* words to be added that could not be taken yet, and the key of their page */
};
struct paragraph {
    str text;
};
struct paragraphs {
    struct paragraph *at;
    ptrdiff_t len;
};
struct mail_answer {
    str day;
    struct paragraphs paragraphs;
};
struct mail_answers {
    struct mail_answer *at;
    ptrdiff_t len;
};
struct mailbox_page {
    struct public_page page;
    struct mail_answers answers;
    str action, receipt, key, message, message_problem;
    int64_t keep_days; /* after the last visit */
    bool locked, older;
};
struct added_page {
    struct public_page page;
    str heading, message, come_back;
};
/* What one visit found. */
struct visit {
    char digits[RECEIPT_DIGITS];  /* the number to look for; the caller wipes it */
    struct mailbox box;
    bool there;
    struct replies replies;
    struct sealed_fields *opened; /* one to each reply, of the request's arena */
    bool locked;                  /* answers exist, or may, that cannot be opened at this hour */
};
/*
 * Looks for v->digits and opens what answers it has. An unknown number is OK too and told by v->there alone, after the same
 * calls as a known one. BUSY, FAULT: nobody could look.
 */
status mailbox_look(struct request *r, struct visit *v) MUST_CHECK;
extern const struct routes mailbox_routes;
#endif
