/*
 * A tip: what a stranger told us. Written by the form and the API, read by the line. Who told us is
 * a row of its own, in another compartment, and exists only when the person allowed us to know.
 */
#ifndef INTAKE_TIP_TIP_H
#define INTAKE_TIP_TIP_H
#include "lib/base/base.h"
#include "common/condition/condition.h"
#include "lib/store/db.h"
#include "vault/envelope.h"

/* Ceilings in bytes (narrative: the promise is that 64 KiB of text is never refused). */
enum {
    TIP_NARRATIVE_MOST = 65536, TIP_LIST_MOST = 8192, TIP_PLACE_MOST = 1000, TIP_LINE_MOST = 300, TIP_SIGNS_MOST = 64,
    TIP_PEOPLE_MOST = 100000
};
/* Tags of the sealed fields. Never reused. All are text but TIP_RECEIVED (8 bytes) and TIP_MAILBOX (32). */
enum tip_tag {
    TIP_RECEIVED = 1, TIP_NARRATIVE, TIP_LANGUAGE, TIP_CHANNEL, TIP_DANGER, TIP_HAPPENING, TIP_WHEN, TIP_MINOR, TIP_PLACE,
    TIP_VENUE, TIP_INDUSTRY, TIP_HOW_MANY, TIP_PEOPLE, TIP_IDENTIFIERS, TIP_SIGNS, TIP_PROXIMITY, TIP_CONSENT,
    TIP_DO_NOT_CONTACT, TIP_PRIORITY, TIP_REASONS, TIP_MAILBOX, TIP_REPORTER, TIP_PARTNER
};
enum source_tag { SOURCE_METHOD = 1, SOURCE_ADDRESS, SOURCE_SAFE_WHEN, SOURCE_CODE_WORD, SOURCE_MESSAGE };
enum addition_tag { ADDITION_TEXT = 1, ADDITION_AT = 2 };

/* An empty text means: not said. Answers are yes, no or not_sure; happening and minor speak of the tip, not of its sender. */
struct tip {
    int64_t received;       /* exact Unix seconds */
    str narrative, language, channel;
    str danger, happening, minor;
    str when;               /* in the sender's words, or now, month, before, not_sure from the form */
    str place, venue, industry; /* words; a code of venues.csv; a code of industries.csv */
    int64_t how_many;       /* 0: not said */
    str people, identifiers; /* one on each line */
    str signs;              /* codes of indicators.csv noticed, one on each line */
    str proximity;          /* code of contact_types.csv, list proximity, without "proximity." */
    str reporter;           /* the same of list reporter: victim, professional ... */
    str consent;            /* anonymous, confidential, share */
    str partner;            /* the system that handed it in, by its key; never what a sender says of themselves */
    bool do_not_contact;
    int priority;           /* 0 to 4 */
    str reasons;            /* why, one on each line */
    uint8_t mailbox[KEY];   /* the key our answers are sealed to */
};
struct source {
    str method;             /* phone, text, mail, other */
    str address, safe_when, code_word;
    str message;            /* may one be left: yes, no */
};
bool source_is_empty(const struct source *s);

enum { TIP_FIELDS = TIP_PARTNER, SOURCE_FIELDS = SOURCE_MESSAGE };
/* The sealed fields of a tip and of its source; how many were written. Bytes live in a or where the tip's do. */
ptrdiff_t tip_write(struct arena *a, const struct tip *t, struct sealed_field to[TIP_FIELDS]);
ptrdiff_t source_write(const struct source *s, struct sealed_field to[SOURCE_FIELDS]);
void tip_read(const struct sealed_fields *f, struct tip *out);
void source_read(const struct sealed_fields *f, struct source *out);

/* What the rules may see of a tip: answers and signs, never words, place, language or people. */
struct pack_rules;
struct facts tip_rule_facts(struct arena *a, const struct tip *t);
/* Sets priority (3 when no rule holds) and reasons; facts gain result and priority. True: a supervisor is to be told. */
bool tip_judge(const struct pack_rules *rules, struct tip *t, struct facts *f);

/* A row as it stands on the disk. */
struct tip_row {
    id id, office;
    int priority;
    int64_t day;
    str language, channel, sealed;
    bool closed;
    str disposition;        /* a code of case_close_reasons.csv while closed, else empty */
    id assignee;            /* an account; zero: nobody yet */
    bool has_source;
};
struct tip_rows {
    struct tip_row *at;
    ptrdiff_t len;
};
struct tip_filter {
    id office;
    int priority;           /* -1: all */
    str language;           /* empty: all */
    bool closed;            /* the closed ones, in place of the open */
    bool nobodys;           /* only those that nobody works on */
    id assignee;            /* only this person's; zero: whoever has it */
};
/* The place after which a page goes on; zero bytes for the first page. */
struct tip_place {
    bool set;
    int priority;
    int64_t day;
    id id;
};
/* By urgency, then newest day; sealed and disposition are left out. */
status tip_list(struct db *db, struct arena *a, const struct tip_filter *filter, const struct tip_place *after, int64_t limit,
                struct tip_rows *out) MUST_CHECK;
status tip_find(struct db *db, struct arena *a, id office, id tip, struct tip_row *out) MUST_CHECK;
status tip_find_source(struct db *db, struct arena *a, id tip, str *sealed) MUST_CHECK;
status tip_office(struct db *db, id tip, id *office) MUST_CHECK;
/* The same of a tip that is still to be judged. NOT_FOUND: closed, or gone. */
status tip_office_waiting(struct db *db, id tip, id *office) MUST_CHECK;
/* Writing: NOT_FOUND when the tip is not, or no longer, at that office. Inside the caller's transaction. */
status tip_set_priority(struct db *db, id office, id tip, int priority) MUST_CHECK;
/* disposition: why it is closed; empty when it opens again. CONFLICT: it stood so already. */
status tip_set_closed(struct db *db, id office, id tip, str disposition, int64_t day) MUST_CHECK;
status tip_set_assignee(struct db *db, id office, id tip, id account) MUST_CHECK; /* zero: nobody */
/* To another office, where nobody works on it yet. What its rows are sealed to is the caller's to see to. */
status tip_move(struct db *db, id office, id tip, id target) MUST_CHECK;

/* The keybox of a sealed row, without its body: what sending a tip on has to read. */
struct tip_box {
    id row;
    uint16_t table;         /* enum sealed_table */
    uint8_t keybox[KEYBOX];
};
struct tip_boxes {
    struct tip_box *at;
    ptrdiff_t len, most;
};
/* Adds those of the tip, of who told us and of the additions, in no order. LIMIT: there is no room for all. */
status tip_list_boxes(struct db *db, id tip, struct tip_boxes *out) MUST_CHECK;

struct tip_addition {
    id id;
    str kind;               /* words, share_less */
    int64_t day;
    str sealed;             /* table TABLE_TIP_ADDITION */
};
struct tip_additions {
    struct tip_addition *at;
    ptrdiff_t len;
};
/* Newest day first, at most limit after the first skip. Inside a day only the sealed time tells the order. */
status tip_list_additions(struct db *db, struct arena *a, id tip, int64_t skip, int64_t limit, struct tip_additions *out) MUST_CHECK;
#endif
