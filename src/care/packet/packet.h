/*
 * Packets: the one door in the wall. A carer seals named fields for one named officer until a day, to a ring of its own whose only
 * reader outside care is that officer; nothing else about a person crosses (docs/keys.md 1.2, SHARED).
 */
#ifndef CARE_PACKET_PACKET_H
#define CARE_PACKET_PACKET_H
#include "lib/store/db.h"
#include "vault/envelope.h"

enum { PACKET_FACTS_MOST = 200, PACKET_DAYS_MOST = 180 };
struct packet_fact {
    str label, value; /* label: a msgid */
    str of;           /* value is a code: "kind.field", "languages" or "countries". Empty: value is the words themselves */
};
struct packet {
    id id, holder;
    int64_t until_day;      /* the last day it can be read */
    int64_t at;             /* exact time of sealing */
    str from, purpose;      /* the carer's name; a code of packet_purposes */
    str police_case, words; /* what the carer writes to the officer */
    str basis;              /* "release", or the law that makes it a duty */
    struct packet_fact *facts;
    ptrdiff_t fact_count;
    str sealed;
};
struct packets {
    struct packet *at;
    ptrdiff_t len;
};
extern const struct packet_purpose {
    const char *code, *label;
    const char *step; /* row of relief_steps.csv that sealing such a packet is: what is asked for is asked for through it. Or empty */
} packet_purposes[];
extern const ptrdiff_t packet_purpose_count;

/* The sealed fields, in a; *n of them. */
struct sealed_field *packet_write(struct arena *a, const struct packet *p, ptrdiff_t *n);
void packet_read(struct arena *a, const struct sealed_fields *f, struct packet *out); /* leaves id, holder, until_day, sealed */

status packet_add(struct db *db, const struct packet *p) MUST_CHECK;
/* Those of a holder that have not run out, newest day first, at most limit. Only id, holder, until_day and sealed are filled. */
status packet_list(struct db *db, struct arena *a, id holder, int64_t today, const id *before, int64_t limit, struct packets *out) MUST_CHECK;
status packet_end(struct db *db, id packet) MUST_CHECK; /* it is gone at once; NOT_FOUND: there is none */
#endif
