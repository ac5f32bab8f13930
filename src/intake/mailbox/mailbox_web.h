/* Coming back with a receipt: our answers, more words, less sharing. */
#ifndef INTAKE_MAILBOX_MAILBOX_WEB_H
#define INTAKE_MAILBOX_MAILBOX_WEB_H
#include "intake/public/public.h"

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
    bool locked;
};
struct added_page {
    struct public_page page;
    str heading, message, come_back;
};
extern const struct routes mailbox_routes;
#endif
