/*
 * The weekly sheet of an office: for each person what the log counts of this week, beside their own weeks before (vault/keeper.h,
 * keeper_sheet), and which of it is more than usual. A mark is arithmetic and no accusation: who reads it asks.
 */
#ifndef STAFF_SHEET_SHEET_H
#define STAFF_SHEET_SHEET_H
#include "lib/store/db.h"
#include "vault/keeper.h"

/* What is shown, in this order; label and meaning are translated. */
struct sheet_rule {
    enum sheet_measure measure;
    const char *code, *label, *meaning; /* code: in the file */
    uint32_t least;  /* below this nothing is marked */
    bool rare;       /* nobody does it day by day: marked from least on, also without weeks before */
};
enum { SHEET_RULES = 9 };
extern const struct sheet_rule sheet_rules[SHEET_RULES];

/* The mean of the weeks before in which the person was there at all and which were read whole, rounded; -1: there is no such week. */
int64_t sheet_usual(const struct sheet *x, enum sheet_measure m);
/* At least least, and more than twice the usual. */
bool sheet_marked(const struct sheet *x, const struct sheet_rule *rule);

struct sheet_reading {
    id account;
    int64_t day;
};
status sheet_reading_add(struct db *db, id office, id reading, const struct sheet_reading *r) MUST_CHECK;
status sheet_reading_last(struct db *db, id office, struct sheet_reading *out) MUST_CHECK; /* NOT_FOUND: it was never read */
#endif
